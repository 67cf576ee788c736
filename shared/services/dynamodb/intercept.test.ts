import { expect, it } from 'vitest';
import { type Intercept, interceptDynamoDb } from './intercept.ts';
import { dynamoDbTwin } from './twin/dynamodb-twin.ts';

const TableName = 'things';
const Key = { id: { S: 'a' } };

function connected(intercept: Intercept) {
  const twin = dynamoDbTwin({ tables: [{ name: TableName, partitionKey: { name: 'id', type: 'S' } }] });
  return { twin, dynamoDb: interceptDynamoDb(twin, intercept) };
}

it('a call can be refused before it has any effect', async () => {
  const { twin, dynamoDb } = connected(async ({ operation }, proceed) => {
    if (operation === 'putItem') throw new Error('throttled');
    return proceed();
  });
  await expect(dynamoDb.putItem({ TableName, Item: Key })).rejects.toThrow('throttled');
  expect(twin.items(TableName)).toEqual([]);
  expect(await dynamoDb.getItem({ TableName, Key })).toEqual({});
});

it('the reply of a call that took effect can be lost', async () => {
  const { twin, dynamoDb } = connected(async (_call, proceed) => {
    await proceed();
    throw new Error('connection reset');
  });
  await expect(dynamoDb.putItem({ TableName, Item: Key })).rejects.toThrow('connection reset');
  expect(twin.items(TableName)).toEqual([Key]);
});

it('a call can be held while others pass', async () => {
  const gate = Promise.withResolvers<void>();
  const { twin, dynamoDb } = connected(async ({ operation }, proceed) => {
    if (operation === 'deleteItem') await gate.promise;
    return proceed();
  });
  const held = dynamoDb.deleteItem({ TableName, Key });
  await dynamoDb.putItem({ TableName, Item: Key });
  expect(twin.items(TableName)).toEqual([Key]);
  gate.resolve();
  await held;
  expect(twin.items(TableName)).toEqual([]);
});
