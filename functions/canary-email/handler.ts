import { connectDynamoDb } from '../../shared/runtime/connect-dynamodb.ts';
import { canaryWriter, createCanaryHandler } from '../../shared/runtime/create-canary-handler.ts';
import { lambda } from '../../shared/runtime/lambda.ts';
import type { Services } from '../../shared/runtime/services.ts';
import { type EmailState, rowOf } from '../../shared/sinks/email-ledger/ledger-row.ts';
import { ledgerTable } from '../../shared/sinks/email-ledger/resources.ts';
import { canaryUser } from '../canary-user.ts';
import { table } from '../table.ts';
import { definition } from './definition.ts';

/** States of an email that SES has taken. */
const taken: readonly EmailState[] = ['sent', 'delivered', 'bounced', 'complained'];

export function create(services: Services<'dynamodb'>) {
  const { config, dynamodb } = services;
  const users = canaryWriter(services, table);
  const TableName = config.value(ledgerTable.variable);
  return createCanaryHandler({
    metric: 'FreshnessEmailMs',
    services,
    prepare: async (minute) => {
      // A new user each time: the ledger knows the old ones, and welcomes nobody twice.
      const user = canaryUser(`${definition.name}-${config.region}-${minute}`, minute);
      const row = { TableName, Key: { id: { S: user.id } }, ConsistentRead: true };
      return {
        write: () => users.put({ ...user, country: definition.name }),
        isThere: async () => {
          const { Item } = await dynamodb.getItem(row);
          return Item !== undefined && taken.includes(rowOf(Item).state);
        },
        undo: () => users.delete({ id: user.id }),
      };
    },
  });
}

export const handler = lambda({ definition, create, connect: { dynamodb: connectDynamoDb } });
