import type { StreamConsumerDefinition } from '../../shared/runtime/consumer-definition.ts';
import { conflictsTable, homeTable, replicaTable } from '../../shared/sinks/replica/resources.ts';

export const definition: StreamConsumerDefinition = {
  name: 'replicator',
  summary: 'The table of the other region: a copy of this one, or written there as well and converging',
  timeoutS: 60,
  memoryMb: 512,
  uses: [homeTable, replicaTable, conflictsTable],
  emits: ['ReplicaConflicts', 'ReplicaConflictsPossible', 'ReplicaClockDriftMs'],
  // A tombstone is what a deletion travels as.
  tombstones: 'shown',
  strategy: 'newest',
  trigger: {
    kind: 'stream',
    mapping: {
      startingPosition: 'TRIM_HORIZON',
      // One request to the other region for each item: a hundred of them, sixteen at once, leave time for slow answers.
      batchSize: 100,
      maximumBatchingWindowS: 0,
      // Versions need order for each item only: raise it when the way to the other region is long.
      parallelizationFactor: 1,
      tumblingWindowS: 0,
      maximumRetryAttempts: -1,
      // Four of the stream's 24 hours are left to act.
      maximumRecordAgeS: 20 * 3600,
      bisectBatchOnFunctionError: true,
      reportBatchItemFailures: true,
      onFailure: 's3',
    },
  },
};
