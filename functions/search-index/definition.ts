import type { StreamConsumerDefinition } from '../../shared/runtime/consumer-definition.ts';
import { searchIndex, sourceTable } from '../../shared/sinks/search-index/resources.ts';

export const definition: StreamConsumerDefinition = {
  name: 'search-index',
  summary: 'Each item is a search document, equal to its newest version',
  timeoutS: 60,
  memoryMb: 512,
  uses: [searchIndex, sourceTable],
  strategy: 'newest',
  trigger: {
    kind: 'kinesis',
    mapping: {
      startingPosition: 'TRIM_HORIZON',
      batchSize: 500,
      maximumBatchingWindowS: 0,
      // Versions order the writes of an item, so shards need no slots of their own; one bulk request per batch is best.
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
