import { connectDynamoDb } from '../../shared/runtime/connect-dynamodb.ts';
import { connectRemoteDynamoDb } from '../../shared/runtime/connect-remote-dynamodb.ts';
import { createStreamHandler } from '../../shared/runtime/create-stream-handler.ts';
import { lambda } from '../../shared/runtime/lambda.ts';
import type { Services } from '../../shared/runtime/services.ts';
import type { ReplicaDependencies } from '../../shared/sinks/replica/dependencies.ts';
import { activeActiveEffects } from '../../shared/sinks/replica/effects.ts';
import { replicaModeOf } from '../../shared/sinks/replica/mode.ts';
import { createOneWaySink, oneWayEffects } from '../../shared/sinks/replica/one-way.ts';
import { conflictsTable, homeTable, replicaTable } from '../../shared/sinks/replica/resources.ts';
import { createActiveActiveSink } from '../../shared/sinks/replica/sink.ts';
import { table } from '../table.ts';
import { definition } from './definition.ts';

export function create(services: Services<'dynamodb' | 'remoteDynamodb'>) {
  const replica = dependenciesOf(services);
  const stream = { definition, table, services };
  switch (replicaModeOf(services.config.value(replicaTable.modeVariable))) {
    case 'active-active':
      return createStreamHandler({
        ...stream,
        effects: activeActiveEffects({ table, region: replica.home.region }),
        sink: createActiveActiveSink(replica),
      });
    case 'one-way':
      return createStreamHandler({ ...stream, effects: oneWayEffects(table), sink: createOneWaySink(replica) });
    case 'off':
      return createStreamHandler({ ...stream, effects: () => undefined, sink: createOneWaySink(replica) });
  }
}

function dependenciesOf({
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

export const handler = lambda({
  definition,
  create,
  connect: {
    dynamodb: connectDynamoDb,
    remoteDynamodb: (config) => connectRemoteDynamoDb(config, replicaTable),
  },
});
