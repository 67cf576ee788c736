import type { TableResource } from '../../runtime/consumer-definition.ts';

/**
 * The tables of the aggregates, laid out in `layout.ts`. A transaction needs the permissions of its parts; there is
 * none of its own.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
export const countersTable: TableResource = {
  kind: 'table',
  name: 'aggregates',
  variable: 'AGGREGATES_TABLE',
  partitionKey: { name: 'slice', type: 'S' },
  sortKey: { name: 'group', type: 'S' },
  actions: ['dynamodb:UpdateItem'],
};

export const checkpointsTable: TableResource = {
  kind: 'table',
  name: 'aggregates-checkpoints',
  variable: 'AGGREGATES_CHECKPOINTS_TABLE',
  partitionKey: { name: 'scope', type: 'S' },
  sortKey: { name: 'row', type: 'S' },
  timeToLiveAttribute: 'expiresAt',
  actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:ConditionCheckItem'],
};

/** What a build does beside what the consumer does: it compares, and drops what it leaves. */
const built = ['dynamodb:BatchWriteItem', 'dynamodb:GetItem', 'dynamodb:Query'];

export const builtCounters: TableResource = {
  ...countersTable,
  actions: [...countersTable.actions, ...built],
};

export const builtCheckpoints: TableResource = {
  ...checkpointsTable,
  actions: [...new Set([...checkpointsTable.actions, ...built])],
};
