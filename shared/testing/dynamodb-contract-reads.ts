import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { describe, expect } from 'vitest';
import type { DynamoDb } from '../services/dynamodb/port.ts';
import type { ContractContext } from './dynamodb-contract-context.ts';
import type { Values } from './dynamodb-contract-tables.ts';

const TableName = 'contract-composite';
const sortKeys = ['-10', '-1', '0', '0.5', '2', '10'];

/** Queries by key and index, scans, and their pages. */
export function describeReads(context: ContractContext): void {
  describe('queries and scans', () => {
    describeKeyConditions(context);
    describePages(context);
    describeIndex(context);
    describeBinaryKeys(context);
  });
}

function describeKeyConditions({ dynamoDb, freshKey, test }: ContractContext): void {
  for (const { condition, values, expected } of [
    { condition: 'pk = :pk', values: {}, expected: sortKeys },
    { condition: 'pk = :pk AND sk > :a', values: { ':a': { N: '0' } }, expected: ['0.5', '2', '10'] },
    { condition: 'pk = :pk AND sk <= :a', values: { ':a': { N: '-1' } }, expected: ['-10', '-1'] },
    { condition: 'sk = :a AND pk = :pk', values: { ':a': { N: '2.0' } }, expected: ['2'] },
    {
      condition: 'pk = :pk AND sk BETWEEN :a AND :b',
      values: { ':a': { N: '-1' }, ':b': { N: '2' } },
      expected: ['-1', '0', '0.5', '2'],
    },
  ] as readonly { condition: string; values: Values; expected: readonly string[] }[]) {
    test(`${condition} answers in the order of the numbers`, async () => {
      const pk = await partition(dynamoDb(), freshKey());
      const ExpressionAttributeValues = { ...values, ':pk': pk };
      const { Items } = await dynamoDb().query({
        TableName,
        KeyConditionExpression: condition,
        ExpressionAttributeValues,
      });
      expect(Items?.map(({ sk }) => sk?.N)).toEqual(expected);
    });
  }

  test('backwards when asked to', async () => {
    const pk = await partition(dynamoDb(), freshKey());
    const request = { TableName, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': pk } };
    const { Items } = await dynamoDb().query({ ...request, ScanIndexForward: false });
    expect(Items?.map(({ sk }) => sk?.N)).toEqual([...sortKeys].reverse());
  });

  for (const condition of ['sk = :pk', 'pk > :pk', 'pk = :pk OR pk = :pk', 'pk = :pk AND n = :pk']) {
    test(`${condition} is no key condition`, async () => {
      const ExpressionAttributeValues = { ':pk': { S: 'x' } };
      const request = dynamoDb().query({ TableName, KeyConditionExpression: condition, ExpressionAttributeValues });
      await expect(request).rejects.toMatchObject({ name: 'ValidationException' });
    });
  }
}

function describePages({ dynamoDb, freshKey, test }: ContractContext): void {
  test('pages of a query join to the whole, and a filter takes from a page after its limit', async () => {
    const pk = await partition(dynamoDb(), freshKey());
    const found: (string | undefined)[] = [];
    const scanned: (number | undefined)[] = [];
    let start: Values | undefined;
    do {
      const page = await dynamoDb().query({
        TableName,
        KeyConditionExpression: 'pk = :pk',
        FilterExpression: 'n > :zero',
        ExpressionAttributeValues: { ':pk': pk, ':zero': { N: '0' } },
        Limit: 2,
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      });
      found.push(...(page.Items ?? []).map(({ sk }) => sk?.N));
      scanned.push(page.ScannedCount);
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    expect(found).toEqual(['0.5', '2', '10']);
    // The third page ends at its limit: whether there is more shows only in a fourth.
    expect(scanned).toEqual([2, 2, 2, 0]);
  });

  test('pages of a scan join to the whole, each item once', async () => {
    const prefix = freshKey();
    for (let index = 0; index < 7; index += 1) {
      await dynamoDb().putItem({ TableName, Item: { pk: { S: `${prefix}/${index}` }, sk: { N: '1' } } });
    }
    const seen: string[] = [];
    let start: Values | undefined;
    do {
      const page = await dynamoDb().scan({
        TableName,
        Limit: 3,
        FilterExpression: 'begins_with(pk, :prefix)',
        ExpressionAttributeValues: { ':prefix': { S: `${prefix}/` } },
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      });
      seen.push(...(page.Items ?? []).flatMap(({ pk }) => pk?.S ?? []));
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    expect(seen.sort()).toEqual([0, 1, 2, 3, 4, 5, 6].map((index) => `${prefix}/${index}`));
  });

  test('a page ends at 1 MB', async () => {
    const pk = { S: freshKey() };
    const text = 'x'.repeat(300 * 1024);
    for (const sk of ['1', '2', '3', '4', '5']) {
      await dynamoDb().putItem({ TableName, Item: { pk, sk: { N: sk }, text: { S: text } } });
    }
    const request = { TableName, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': pk } };
    const page = await dynamoDb().query({ ...request, Select: 'COUNT' });
    expect(page.Count).toBeLessThan(5);
    expect(page.LastEvaluatedKey).toBeDefined();
  });
}

function describeIndex({ dynamoDb, freshKey, test }: ContractContext): void {
  test('an index holds only items with all its keys, ordered by its sort key, in pages across equal keys', async () => {
    const prefix = freshKey();
    const lane = { S: `${prefix}/lane` };
    const put = (name: string, attributes: Values) =>
      dynamoDb().putItem({ TableName, Item: { pk: { S: `${prefix}/${name}` }, sk: { N: '1' }, ...attributes } });
    await put('late', { lane, dueAtMs: { N: '20' } });
    await put('early', { lane, dueAtMs: { N: '3' } });
    await put('twin-a', { lane, dueAtMs: { N: '10' } });
    await put('twin-b', { lane, dueAtMs: { N: '10' } });
    await put('outside', { lane });
    const due: (string | undefined)[] = [];
    let start: Values | undefined;
    do {
      const page = await dynamoDb().query({
        TableName,
        IndexName: 'due',
        KeyConditionExpression: 'lane = :lane AND dueAtMs <= :now',
        ExpressionAttributeValues: { ':lane': lane, ':now': { N: '10' } },
        Limit: 1,
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      });
      due.push(...(page.Items ?? []).map(({ pk }) => pk?.S));
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    expect(due[0]).toBe(`${prefix}/early`);
    expect([...due].sort()).toEqual(['early', 'twin-a', 'twin-b'].map((name) => `${prefix}/${name}`));
  });

  test('a key of an index has its type', async () => {
    const Item = { pk: { S: freshKey() }, sk: { N: '1' }, lane: { N: '1' } };
    await expect(dynamoDb().putItem({ TableName, Item })).rejects.toMatchObject({ name: 'ValidationException' });
  });
}

function describeBinaryKeys({ dynamoDb, freshKey, test }: ContractContext): void {
  test('binary keys are told apart by their bytes, and text sorts by UTF-8', async () => {
    const table = { TableName: 'contract-binary' };
    const pk = { B: Buffer.concat([Buffer.from(freshKey()), Uint8Array.of(0, 255)]) };
    // U+1F600 sorts before U+FF5E in UTF-16, after it in UTF-8.
    for (const sk of ['\u{1f600}', '\uff5e', 'a']) await dynamoDb().putItem({ ...table, Item: { pk, sk: { S: sk } } });
    const { Items } = await dynamoDb().query({
      ...table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
    });
    expect(Items?.map(({ sk }) => sk?.S)).toEqual(['a', '\uff5e', '\u{1f600}']);
    const other = { pk: { B: Buffer.concat([Buffer.from('other'), Uint8Array.of(0, 254)]) }, sk: { S: 'a' } };
    expect((await dynamoDb().getItem({ ...table, Key: other })).Item).toBeUndefined();
  });
}

async function partition(dynamoDb: DynamoDb, key: string): Promise<AttributeValue> {
  const pk = { S: key };
  for (const sk of ['10', '2', '-1', '0.5', '-10', '0']) {
    await dynamoDb.putItem({ TableName, Item: { pk, sk: { N: sk }, n: { N: sk } } });
  }
  return pk;
}
