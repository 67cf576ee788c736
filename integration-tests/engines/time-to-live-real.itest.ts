import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DynamoDbEngine } from '../../local/engines/dynamodb.ts';
import { createDynamoDbStreamSource } from '../../local/engines/dynamodb-stream-source.ts';
import { provider, startDynamoDb } from '../provided-engines.ts';
import { createStreamedTable } from '../streamed-table.ts';

const region = 'eu-west-1';
const TableName = 'expiring';
let engine: DynamoDbEngine;
let client: DynamoDBClient;
let streamArn: string;

beforeAll(async () => {
  engine = await startDynamoDb(region);
  const credentials = { accessKeyId: 'any', secretAccessKey: 'pair' };
  client = new DynamoDBClient({ endpoint: engine.url, region, credentials });
  streamArn = await createStreamedTable(client, { TableName, expires: 'expiresAt' });
});

afterAll(async () => {
  client?.destroy();
  await engine?.stop();
});

async function read() {
  const source = createDynamoDbStreamSource({ endpoint: engine.url, region });
  const { Shards } = await source.describeStream(streamArn);
  const shardId = Shards[0]?.ShardId ?? '';
  const shardIterator = await source.getShardIterator({ streamArn, shardId, type: 'TRIM_HORIZON' });
  return (await source.getRecords({ streamArn, shardId, shardIterator })).records;
}

async function put(id: string, secondsFromNow: number): Promise<void> {
  const expiresAt = { N: String(Math.floor(Date.now() / 1000) + secondsFromNow) };
  await client.send(new PutItemCommand({ TableName, Item: { id: { S: id }, expiresAt } }));
}

test(`what the engine, ${provider}, deletes after its time to live expires in the service's name`, async () => {
  await put('young', 3600);
  await put('old', -60);
  await expect.poll(async () => (await read()).length, { timeout: 110_000, interval: 500 }).toBe(3);
  expect((await read()).at(-1)).toMatchObject({
    eventName: 'REMOVE',
    dynamodb: { Keys: { id: { S: 'old' } } },
    userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
  });
});

test('a sweep does not wait for it, leaves what is young, and looks like a deletion of ours', async () => {
  await put('swept', -60);
  // Its own job may be faster: then nothing is left to sweep.
  await engine.sweepExpiredItems();
  const removed = (await read()).filter(({ eventName }) => eventName === 'REMOVE');
  expect(removed.map(({ dynamodb }) => dynamodb.Keys)).toEqual([{ id: { S: 'old' } }, { id: { S: 'swept' } }]);
});
