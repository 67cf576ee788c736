import type { StreamConsumerDefinition } from '../../shared/runtime/consumer-definition.ts';
import { archiveBucket } from '../../shared/sinks/archive/resources.ts';

export const definition: StreamConsumerDefinition = {
  name: 'archive',
  summary: 'Every record as it was delivered, as files that replay reads',
  timeoutS: 60,
  memoryMb: 512,
  uses: [{ ...archiveBucket, expiresAfterDays: 365 }],
  strategy: 'whole',
  trigger: {
    kind: 'kinesis',
    mapping: {
      startingPosition: 'TRIM_HORIZON',
      // An object per batch: a busy shard fills the 6 MB that an invocation can carry, a quiet one makes six a minute.
      batchSize: 10_000,
      maximumBatchingWindowS: 10,
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
