import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, NumberValue, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DynamoDbEngine } from '../local/engines/dynamodb.ts';
import { keyAttributes } from '../shared/services/dynamodb/twin/key.ts';
import { secondSchema } from '../shared/testing/second-schema.ts';
import { writerTable } from '../shared/testing/writer-world.ts';
import { createWriter, type WriterOptions } from '../shared/writer/write.ts';
import { provider, startDynamoDb } from './provided-engines.ts';

let engine: DynamoDbEngine;
let client: DynamoDBClient;
let documents: DynamoDBDocumentClient;

beforeAll(async () => {
  engine = await startDynamoDb();
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new DynamoDBClient({ endpoint: engine.url, region: 'eu-west-1', credentials });
  documents = DynamoDBDocumentClient.from(client);
  for (const definition of [writerTable, secondSchema.table]) {
    const keys = keyAttributes(definition);
    await client.send(
      new CreateTableCommand({
        TableName: definition.name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: keys.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
        KeySchema: keys.map(({ name }, index) => ({ AttributeName: name, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
      }),
    );
  }
});

afterAll(async () => {
  client.destroy();
  await engine.stop();
});

function writerFor(definition = writerTable, options: Partial<WriterOptions> = {}) {
  const table = { tableName: definition.name, definition };
  return createWriter({ dynamodb: client, table, region: 'eu-west-1', mode: 'active-active', ...options });
}

const raw = async (id: string) =>
  (await documents.send(new GetCommand({ TableName: writerTable.name, Key: { id }, ConsistentRead: true }))).Item;

describe(`the writer on DynamoDB, ${provider}`, () => {
  it.each([
    { name: 'DynamoDBClient', dynamodb: () => client },
    { name: 'DynamoDBDocumentClient', dynamodb: () => documents },
  ])('puts, updates, deletes and reads through a $name', async ({ name: id, dynamodb }) => {
    const writer = writerFor(writerTable, { dynamodb: dynamodb() });
    const balance = new NumberValue('12345678901234567890.12345678');
    await writer.put({ id, name: 'Ada', balance, tags: new Set(['x']) });
    await writer.update({ id }, { name: 'Ada L.', tags: undefined });
    expect(await writer.get({ id }, { consistent: true })).toEqual({ id, name: 'Ada L.', balance });
    expect(await raw(id).catch(() => 'beyond a double')).toBe('beyond a double');
    await writer.delete({ id });
    expect(await writer.get({ id }, { consistent: true })).toBeUndefined();
    expect(await raw(id)).toMatchObject({ id, _deleted: true, _v: expect.stringMatching(/\/eu-west-1_*$/) });
    await expect(writer.update({ id }, { name: 'x' })).rejects.toMatchObject({ code: 'not-found' });
    await writer.put({ id, name: 'back' });
    expect(await writer.get({ id }, { consistent: true })).toEqual({ id, name: 'back' });
  });

  it('loses no count of writers of several regions at once', async () => {
    await writerFor().put({ id: 'counter', count: 0 });
    const writers = ['eu-west-1', 'us-east-1', 'us-east-1', 'ap-south-1'].map((region) =>
      writerFor(writerTable, { region }),
    );
    await Promise.all(
      writers.flatMap((writer) =>
        [1, 2, 3].map(() => writer.modify({ id: 'counter' }, ({ count }) => ({ count: count + 1 }))),
      ),
    );
    expect(await writerFor().get({ id: 'counter' }, { consistent: true })).toEqual({ id: 'counter', count: 12 });
  });

  it('waits until an item that something else wrote is stamped', async () => {
    const id = 'by hand';
    const TableName = writerTable.name;
    await documents.send(new PutCommand({ TableName, Item: { id, name: 'plain' } }));
    const putting = writerFor().put({ id, name: 'Ada' });
    const older = `${Date.now() - 1000}000/00000/us-east-1___________`;
    await documents.send(new PutCommand({ TableName, Item: { id, name: 'plain', _v: older } }));
    await putting;
    expect(await raw(id)).toMatchObject({ name: 'Ada' });
  });

  it('makes a transaction whole, and repeats it above a stamp that it meets', async () => {
    const ahead = `${Date.now() + 500}000/00000/us-east-1___________`;
    const TableName = writerTable.name;
    await documents.send(new PutCommand({ TableName, Item: { id: 't-1', _v: ahead } }));
    const writer = writerFor();
    await writer.transact([{ update: { id: 't-1' }, changes: { name: 'A' } }, { put: { id: 't-2' } }]);
    const [first, second] = [await raw('t-1'), await raw('t-2')];
    expect(first?.name).toBe('A');
    expect(first?._v > ahead).toBe(true);
    expect(second?._v).toBe(first?._v);
    await expect(
      writer.transact([{ delete: { id: 't-2' } }, { update: { id: 'nobody' }, changes: {} }]),
    ).rejects.toMatchObject({ code: 'not-found' });
    expect(await writer.get({ id: 't-2' }, { consistent: true })).toEqual({ id: 't-2' });
  });

  it('writes a table with numeric and binary keys, page by page without what is deleted', async () => {
    const writer = writerFor(secondSchema.table);
    const key = (entry: number) => ({ device: 7, entry: Uint8Array.of(entry) });
    for (const entry of [1, 2, 3]) await writer.put({ ...key(entry), what: 'measure' });
    await writer.delete(key(2));
    const query = { KeyConditionExpression: 'device = :device', ExpressionAttributeValues: { ':device': 7 }, Limit: 2 };
    const first = await writer.query(query);
    expect(first.Items).toEqual([{ ...key(1), what: 'measure' }]);
    const rest = await writer.query({ ...query, ExclusiveStartKey: first.LastEvaluatedKey ?? {} });
    expect(rest.Items).toEqual([{ ...key(3), what: 'measure' }]);
  });

  it('writes batches where one region alone writes', async () => {
    const writer = writerFor(writerTable, { mode: 'one-way' });
    await writer.batchWrite(Array.from({ length: 30 }, (_, index) => ({ put: { id: `b-${index}` } })));
    await writer.batchWrite([{ delete: { id: 'b-0' } }]);
    expect(await raw('b-0')).toBeUndefined();
    expect(await raw('b-29')).toMatchObject({ _v: expect.stringContaining('eu-west-1') });
  });
});
