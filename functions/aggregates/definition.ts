import type { StreamConsumerDefinition } from '../../shared/runtime/consumer-definition.ts';
import { checkpointsTable, countersTable } from '../../shared/sinks/aggregates/resources.ts';

export const definition: StreamConsumerDefinition = {
  name: 'aggregates',
  summary: 'Counts and sums users by country, plan, day and minute, every change exactly once',
  timeoutS: 60,
  memoryMb: 512,
  uses: [countersTable, checkpointsTable],
  strategy: 'range',
  trigger: {
    kind: 'stream',
    mapping: {
      startingPosition: 'TRIM_HORIZON',
      // Changes of one batch share counters: the larger the batch, the fewer writes per change. 1,000 fill a handful of
      // transactions, far below the timeout, and a thousand poison records still fit into one cut's row.
      batchSize: 1000,
      maximumBatchingWindowS: 1,
      // Cuts are ranges of a shard: several invocations of one shard would only race for its position.
      parallelizationFactor: 1,
      // Nothing is kept in the window: with it, and only with it, Lambda tells which shard a batch is from.
      tumblingWindowS: 900,
      maximumRetryAttempts: -1,
      // Four of the stream's 24 hours are left to act.
      maximumRecordAgeS: 20 * 60 * 60,
      bisectBatchOnFunctionError: true,
      reportBatchItemFailures: true,
      onFailure: 's3',
    },
  },
};
