import { createStreamHandler } from '../../shared/runtime/create-stream-handler.ts';
import { lambda } from '../../shared/runtime/lambda.ts';
import type { Services } from '../../shared/runtime/services.ts';
import { activeActiveEffects } from '../../shared/sinks/replica/effects.ts';
import { replicaModeOf } from '../../shared/sinks/replica/mode.ts';
import { createOneWaySink, oneWayEffects } from '../../shared/sinks/replica/one-way.ts';
import { replicaTable } from '../../shared/sinks/replica/resources.ts';
import { createActiveActiveSink } from '../../shared/sinks/replica/sink.ts';
import { connectReplica } from '../connect-replica.ts';
import { table } from '../table.ts';
import { definition } from './definition.ts';
import { replicaOf } from './replica.ts';

export function create(services: Services<'dynamodb' | 'remoteDynamodb'>) {
  const replica = replicaOf(services);
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

export const handler = lambda({ definition, create, connect: connectReplica });
