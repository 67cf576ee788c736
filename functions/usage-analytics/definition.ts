import type { StreamConsumerDefinition } from '../../shared/runtime/consumer-definition.ts';
import { usageWindowsTable } from '../../shared/sinks/usage-windows/resources.ts';

export const definition: StreamConsumerDefinition = {
  name: 'usage-analytics',
  summary: 'Changes per minute and distinct active users, approximate, by arrival time',
  timeoutS: 60,
  memoryMb: 512,
  uses: [usageWindowsTable],
  strategy: 'window',
  trigger: {
    kind: 'kinesis',
    mapping: {
      startingPosition: 'TRIM_HORIZON',
      batchSize: 1000,
      // Counts are seen when their window ends: there is no hurry, and fewer invocations do the same.
      maximumBatchingWindowS: 5,
      // A window is of a whole shard.
      parallelizationFactor: 1,
      // The minutes of the rows.
      tumblingWindowS: 60,
      maximumRetryAttempts: -1,
      maximumRecordAgeS: 20 * 3600,
      bisectBatchOnFunctionError: true,
      reportBatchItemFailures: true,
      onFailure: 's3',
    },
  },
};
