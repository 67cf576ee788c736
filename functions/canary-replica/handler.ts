import { canaryWriter, createCanaryHandler } from '../../shared/runtime/create-canary-handler.ts';
import { lambda } from '../../shared/runtime/lambda.ts';
import type { Services } from '../../shared/runtime/services.ts';
import { replicaTable } from '../../shared/sinks/replica/resources.ts';
import { canaryUser } from '../canary-user.ts';
import { connectReplica } from '../connect-replica.ts';
import { table } from '../table.ts';
import { definition } from './definition.ts';

export function create(services: Services<'dynamodb' | 'remoteDynamodb'>) {
  const { config, remoteDynamodb } = services;
  const users = canaryWriter(services, table);
  const id = `${definition.name}-${config.region}`;
  const copy = {
    TableName: config.value(replicaTable.variable),
    Key: { [table.partitionKey.name]: { S: id } },
    ConsistentRead: true,
  };
  return createCanaryHandler({
    metric: 'FreshnessReplicaMs',
    services,
    prepare: async (minute) => {
      const user = canaryUser(id, minute);
      return {
        write: () => users.put({ ...user }),
        isThere: async () => (await remoteDynamodb.getItem(copy)).Item?.name?.S === user.name,
      };
    },
  });
}

export const handler = lambda({ definition, create, connect: connectReplica });
