import type { StreamConsumerDefinition } from '../../shared/runtime/consumer-definition.ts';
import { emailLedgerResources } from '../../shared/sinks/email-ledger/resources.ts';

export const definition: StreamConsumerDefinition = {
  name: 'welcome-email',
  summary: 'Each new user is welcomed by one email',
  timeoutS: 60,
  memoryMb: 512,
  runsIn: 'emailRegion',
  uses: emailLedgerResources,
  emits: ['EmailsSent', 'EmailsRefused', 'EmailsUnknown', 'EmailsSuppressed', 'EmailsRejected'],
  strategy: 'each',
  trigger: {
    kind: 'kinesis',
    mapping: {
      startingPosition: 'TRIM_HORIZON',
      batchSize: 100,
      maximumBatchingWindowS: 0,
      // One slot per shard: the account's sending rate is the bound, not the reading.
      parallelizationFactor: 1,
      tumblingWindowS: 0,
      maximumRetryAttempts: -1,
      maximumRecordAgeS: 20 * 3600,
      bisectBatchOnFunctionError: true,
      reportBatchItemFailures: true,
      onFailure: 's3',
    },
  },
};
