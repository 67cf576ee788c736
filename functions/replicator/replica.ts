import type { Services } from '../../shared/runtime/services.ts';
import type { ReplicaDependencies } from '../../shared/sinks/replica/dependencies.ts';
import { conflictsTable, homeTable, replicaTable } from '../../shared/sinks/replica/resources.ts';
import { table } from '../table.ts';

/** The users table here and in the other region. */
export function replicaOf({
  config,
  dynamodb,
  remoteDynamodb,
  clock,
  metrics,
}: Services<'dynamodb' | 'remoteDynamodb'>): ReplicaDependencies {
  return {
    table,
    home: { dynamodb, tableName: config.value(homeTable.variable), region: config.region },
    remote: {
      dynamodb: remoteDynamodb,
      tableName: config.value(replicaTable.variable),
      region: config.value(replicaTable.regionVariable),
    },
    conflicts: { dynamodb, tableName: config.value(conflictsTable.variable) },
    clock,
    observe: (observation) => {
      if (observation.kind === 'clockAhead') metrics.add('ReplicaClockDriftMs', observation.aheadMs);
      else metrics.add(observation.certainty === 'certain' ? 'ReplicaConflicts' : 'ReplicaConflictsPossible', 1);
    },
  };
}
