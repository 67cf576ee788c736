import { connectDynamoDb } from '../../shared/runtime/connect-dynamodb.ts';
import { canaryWriter, createCanaryHandler } from '../../shared/runtime/create-canary-handler.ts';
import { lambda } from '../../shared/runtime/lambda.ts';
import type { Services } from '../../shared/runtime/services.ts';
import { countersTable } from '../../shared/sinks/aggregates/resources.ts';
import { readTotals } from '../../shared/writer/read-totals.ts';
import { canaryTotal, canaryUser } from '../canary-user.ts';
import { table } from '../table.ts';
import { definition } from './definition.ts';

export function create(services: Services<'dynamodb'>) {
  const { config, dynamodb } = services;
  const users = canaryWriter(services, table);
  const tableName = config.value(countersTable.variable);
  const countIn = async (group: string): Promise<bigint> => {
    const [found] = await readTotals(dynamodb, { tableName, total: canaryTotal, group });
    return BigInt(found?.count ?? '0');
  };
  return createCanaryHandler({
    metric: 'FreshnessAggregatesMs',
    services,
    prepare: async (minute) => {
      const user = canaryUser(`${definition.name}-${config.region}`, minute);
      const before = await countIn(user.country);
      return { write: () => users.put({ ...user }), isThere: async () => (await countIn(user.country)) > before };
    },
  });
}

export const handler = lambda({ definition, create, connect: { dynamodb: connectDynamoDb } });
