import { beforeAll, describe, expect, it } from 'vitest';
import type { DynamoDb } from '../services/dynamodb/port.ts';
import { describeBatches } from './dynamodb-contract-batches.ts';
import { conditionCases, invalidUpdateCases, updateCases } from './dynamodb-contract-cases.ts';
import type { ContractContext } from './dynamodb-contract-context.ts';
import { describeReads } from './dynamodb-contract-reads.ts';
import { contractItem, type Names, type Values } from './dynamodb-contract-tables.ts';
import { describeTransactions } from './dynamodb-contract-transactions.ts';

export interface DynamoDbContractOptions {
  /** A connection to empty `contractTables`. */
  readonly open: () => Promise<DynamoDb>;
  /** Names of tests in which an engine is known to differ from AWS's documentation; they must go on failing. */
  readonly knownDifferences?: readonly string[];
}

const TableName = 'contract-simple';

/** What the pipeline relies on in DynamoDB, for every implementation of the port. */
export function describeDynamoDbContract({ open, knownDifferences = [] }: DynamoDbContractOptions): void {
  let connection: DynamoDb | undefined;
  let keys = 0;
  const context: ContractContext = {
    dynamoDb: () => {
      if (connection === undefined) throw new Error('The contract has no connection yet.');
      return connection;
    },
    freshKey: () => {
      keys += 1;
      return `key-${keys}`;
    },
    test: (name, run) => (knownDifferences.includes(name) ? it.fails(name, run) : it(name, run)),
  };
  beforeAll(async () => {
    connection = await open();
  });
  describeItems(context);
  describeConditions(context);
  describeUpdates(context);
  describeReads(context);
  describeTransactions(context);
  describeBatches(context);
}

function describeItems({ dynamoDb, freshKey, test }: ContractContext): void {
  describe('items', () => {
    test('every attribute type comes back as it was put', async () => {
      const Item = { id: { S: freshKey() }, ...contractItem };
      await dynamoDb().putItem({ TableName, Item });
      expect(await stored(dynamoDb(), Item.id.S)).toEqual(Item);
    });

    test('numbers come back in canonical text', async () => {
      const id = freshKey();
      const given = { a: { N: '+01.500' }, b: { N: '1E3' }, c: { N: '-0.00' }, d: { N: '12e-4' } };
      await dynamoDb().putItem({ TableName, Item: { id: { S: id }, ...given } });
      const expected = { a: { N: '1.5' }, b: { N: '1000' }, c: { N: '0' }, d: { N: '0.0012' } };
      expect(await stored(dynamoDb(), id)).toEqual({ id: { S: id }, ...expected });
    });

    test('an absent item is no item', async () => {
      expect((await dynamoDb().getItem({ TableName, Key: { id: { S: freshKey() } } })).Item).toBeUndefined();
    });

    test('put and delete answer the old item on request', async () => {
      const Key = { id: { S: freshKey() } };
      const put = (n: string) =>
        dynamoDb().putItem({ TableName, Item: { ...Key, n: { N: n } }, ReturnValues: 'ALL_OLD' });
      expect((await put('1')).Attributes).toBeUndefined();
      expect((await put('2')).Attributes).toEqual({ ...Key, n: { N: '1' } });
      const deleted = await dynamoDb().deleteItem({ TableName, Key, ReturnValues: 'ALL_OLD' });
      expect(deleted.Attributes).toEqual({ ...Key, n: { N: '2' } });
      expect(await stored(dynamoDb(), Key.id.S)).toBeUndefined();
    });

    test('a projection answers only what it names', async () => {
      const id = freshKey();
      await dynamoDb().putItem({ TableName, Item: { id: { S: id }, ...contractItem } });
      const { Item } = await dynamoDb().getItem({
        TableName,
        Key: { id: { S: id } },
        ProjectionExpression: 'n, doc.#nested, list_of[1]',
        ExpressionAttributeNames: { '#nested': 'nested' },
      });
      expect(Item).toEqual({ n: { N: '1.5' }, doc: contractItem.doc, list_of: { L: [{ N: '2' }] } });
    });

    it.each([
      { because: 'the key is missing', Item: { n: { N: '1' } } },
      { because: 'the key is of another type', Item: { id: { N: '1' } } },
      { because: 'the key is empty', Item: { id: { S: '' } } },
      { because: 'the key is longer than 2,048 bytes', Item: { id: { S: 'x'.repeat(2049) } } },
      { because: 'the item is larger than 400 KB', Item: { id: { S: 'x' }, s: { S: 'x'.repeat(400 * 1024) } } },
      { because: 'a number is none', Item: { id: { S: 'x' }, n: { N: 'one' } } },
    ] as readonly { because: string; Item: Values }[])('a put is refused when $because', async ({ Item }) => {
      await expect(dynamoDb().putItem({ TableName, Item })).rejects.toMatchObject({ name: 'ValidationException' });
    });

    test('a table that is not there is told by name', async () => {
      const request = dynamoDb().getItem({ TableName: 'no-such-table', Key: { id: { S: 'x' } } });
      await expect(request).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    });
  });
}

function describeConditions({ dynamoDb, freshKey, test }: ContractContext): void {
  describe('conditions', () => {
    for (const { condition, values, names, holds } of conditionCases) {
      const suffix = values === undefined ? '' : ` with ${show(values)}`;
      test(`${condition}${suffix} ${holds ? 'holds' : 'does not hold'}`, async () => {
        const Key = { id: { S: freshKey() } };
        await dynamoDb().putItem({ TableName, Item: { ...Key, ...contractItem } });
        const attempt = dynamoDb().deleteItem({
          TableName,
          Key,
          ConditionExpression: condition,
          ...placeholders(names, values),
        });
        if (holds) await expect(attempt).resolves.toBeDefined();
        else await expect(attempt).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
      });
    }

    test('a condition that fails changes nothing and answers the item on request', async () => {
      const Key = { id: { S: freshKey() } };
      await dynamoDb().putItem({ TableName, Item: { ...Key, n: { N: '1' } } });
      const attempt = dynamoDb().putItem({
        TableName,
        Item: { ...Key, n: { N: '2' } },
        ConditionExpression: 'attribute_not_exists(id)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      await expect(attempt).rejects.toMatchObject({
        name: 'ConditionalCheckFailedException',
        Item: { ...Key, n: { N: '1' } },
      });
      expect(await stored(dynamoDb(), Key.id.S)).toEqual({ ...Key, n: { N: '1' } });
    });
  });
}

function describeUpdates({ dynamoDb, freshKey, test }: ContractContext): void {
  describe('updates', () => {
    const updateItem = async (update: string, names?: Names, values?: Values) => {
      const Key = { id: { S: freshKey() } };
      await dynamoDb().putItem({ TableName, Item: { ...Key, ...contractItem } });
      await dynamoDb().updateItem({ TableName, Key, UpdateExpression: update, ...placeholders(names, values) });
      return stored(dynamoDb(), Key.id.S);
    };

    for (const { update, values, names, leaves } of updateCases) {
      test(`${update}${values === undefined ? '' : ` with ${show(values)}`}`, async () => {
        const item = inOrder((await updateItem(update, names, values)) ?? {});
        for (const [name, value] of Object.entries(leaves)) expect(item[name], name).toEqual(value);
      });
    }

    for (const { because, update, values, names } of invalidUpdateCases) {
      test(`an update is refused because ${because}`, async () => {
        await expect(updateItem(update, names, values)).rejects.toMatchObject({ name: 'ValidationException' });
      });
    }

    test('an update makes the item that is not there', async () => {
      const Key = { id: { S: freshKey() } };
      const { Attributes } = await dynamoDb().updateItem({
        TableName,
        Key,
        UpdateExpression: 'ADD hits :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
        ReturnValues: 'ALL_NEW',
      });
      expect(Attributes).toEqual({ ...Key, hits: { N: '1' } });
    });

    for (const [ReturnValues, expected] of [
      ['UPDATED_OLD', { n: { N: '1' } }],
      ['UPDATED_NEW', { n: { N: '2' }, fresh: { N: '5' } }],
    ] as const) {
      test(`an update answers ${ReturnValues}`, async () => {
        const Key = { id: { S: freshKey() } };
        await dynamoDb().putItem({ TableName, Item: { ...Key, n: { N: '1' }, s: { S: 'same' } } });
        const { Attributes } = await dynamoDb().updateItem({
          TableName,
          Key,
          UpdateExpression: 'SET n = :two, fresh = :five',
          ExpressionAttributeValues: { ':two': { N: '2' }, ':five': { N: '5' } },
          ReturnValues,
        });
        expect(Attributes).toEqual(expected);
      });
    }
  });
}

async function stored(dynamoDb: DynamoDb, id: string): Promise<Values | undefined> {
  return (await dynamoDb.getItem({ TableName, Key: { id: { S: id } }, ConsistentRead: true })).Item;
}

/** Sets have no order. */
function inOrder(item: Values): Values {
  const ordered: Values = {};
  for (const [name, value] of Object.entries(item)) {
    ordered[name] = value.SS === undefined ? value : { SS: [...value.SS].sort() };
  }
  return ordered;
}

function placeholders(names: Names | undefined, values: Values | undefined) {
  return {
    ...(names === undefined ? {} : { ExpressionAttributeNames: names }),
    ...(values === undefined ? {} : { ExpressionAttributeValues: values }),
  };
}

function show(values: Values): string {
  return JSON.stringify(values).slice(0, 70);
}
