import { BatchWriteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateStreamCommand, type KinesisClient, waitUntilStreamExists } from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type DynamoDbEngine, startDynamoDb } from '../../local/engines/dynamodb.ts';
import { createDynamoDbStreamSource } from '../../local/engines/dynamodb-stream-source.ts';
import type { Engine } from '../../local/engines/engine.ts';
import { startKinesis } from '../../local/engines/kinesis.ts';
import { createLocalKinesisClient } from '../../local/engines/kinesis-client.ts';
import type { DeliveryFaults } from '../../local/engines/kinesis-destination/delivery-faults.ts';
import {
  type KinesisDestination,
  startKinesisDestination,
} from '../../local/engines/kinesis-destination/kinesis-destination.ts';
import { createPortAllocator } from '../../local/engines/ports.ts';
import { kinesisTexts } from '../kinesis-texts.ts';
import { createStreamedTable } from '../streamed-table.ts';

const region = 'eu-west-1';
let engines: [DynamoDbEngine, Engine];
let dynamodb: DynamoDBClient;
let kinesis: KinesisClient;

beforeAll(async () => {
  const ports = createPortAllocator();
  engines = await Promise.all([
    startDynamoDb({ port: await ports.take(0), sweepPort: await ports.take(0) }),
    startKinesis({ port: await ports.take(0) }),
  ]);
  const credentials = { accessKeyId: 'any', secretAccessKey: 'pair' };
  dynamodb = new DynamoDBClient({ endpoint: engines[0].url, region, credentials });
  kinesis = createLocalKinesisClient({ endpoint: engines[1].url, region });
});

afterAll(() => Promise.all(engines.map((engine) => engine.stop())));

/** A table with a stream, a Kinesis stream of the same name, and the destination between them. */
async function connect(name: string, faults?: DeliveryFaults): Promise<KinesisDestination> {
  const tableStreamArn = await createStreamedTable(dynamodb, { TableName: name, expires: 'expiresAt' });
  await kinesis.send(new CreateStreamCommand({ StreamName: name, ShardCount: 2 }));
  await waitUntilStreamExists({ client: kinesis, maxWaitTime: 5, minDelay: 1 }, { StreamName: name });
  const destination = await startKinesisDestination({
    source: createDynamoDbStreamSource({ endpoint: engines[0].url, region }),
    kinesis,
    tableName: name,
    tableStreamArn,
    kinesisStreamName: name,
    onError: (error) => expect.unreachable(error.message),
    ...(faults && { faults }),
  });
  onTestFinished(() => destination.stop());
  return destination;
}

interface Arrived {
  readonly eventID: string;
  readonly eventName: string;
  readonly userIdentity: unknown;
  readonly dynamodb: { readonly ApproximateCreationDateTime: number; readonly Keys: { readonly id: { S: string } } };
}

async function arrived(streamName: string): Promise<Arrived[]> {
  return (await kinesisTexts(kinesis, streamName)).map((text) => JSON.parse(text));
}

async function writeItems(TableName: string, count: number): Promise<void> {
  for (let from = 0; from < count; from += 25) {
    const put = (index: number) => ({ PutRequest: { Item: { id: { S: `u${index % 40}` }, n: { N: String(index) } } } });
    const requests = Array.from({ length: 25 }, (_, offset) => put(from + offset));
    await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: requests } }));
  }
}

test('every change arrives once, in order per item, with strictly increasing creation times', async () => {
  const destination = await connect('plain');
  await writeItems('plain', 1_000);

  await destination.idle();

  const records = await arrived('plain');
  expect(records).toHaveLength(1_000);
  expect(destination.stats()).toMatchObject({ read: 1_000, put: 1_000, duplicated: 0, reordered: 0, behind: 0 });
  for (const [id, changes] of Map.groupBy(records, (record) => record.dynamodb.Keys.id.S)) {
    const times = changes.map((change) => change.dynamodb.ApproximateCreationDateTime);
    expect(
      [...new Set(times)].sort((a, b) => a - b),
      id,
    ).toEqual(times);
  }
});

test('a write that changes nothing makes no record', async () => {
  const destination = await connect('unchanged');
  const Item = { id: { S: 'a' }, tags: { SS: ['x', 'y'] } };
  await dynamodb.send(new PutItemCommand({ TableName: 'unchanged', Item }));
  await dynamodb.send(new PutItemCommand({ TableName: 'unchanged', Item }));

  await destination.idle();

  expect((await arrived('unchanged')).map(({ eventName }) => eventName)).toEqual(['INSERT']);
  expect(destination.stats()).toMatchObject({ read: 2, put: 1, droppedUnchanged: 1, behind: 0 });
});

test('an expiry carries the identity of the service, a user write none', async () => {
  const destination = await connect('expiring');
  const Item = { id: { S: 'a' }, expiresAt: { N: String(Math.floor(Date.now() / 1000) - 60) } };
  await dynamodb.send(new PutItemCommand({ TableName: 'expiring', Item }));
  await engines[0].sweepExpiredItems();

  await destination.idle();

  expect((await arrived('expiring')).map(({ eventName, userIdentity }) => ({ eventName, userIdentity }))).toEqual([
    { eventName: 'INSERT', userIdentity: null },
    { eventName: 'REMOVE', userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } },
  ]);
});

test('a change whose record exceeds the limit of Kinesis is dropped and counted, the next one arrives', async () => {
  const destination = await connect('oversize');
  const flags = Array.from({ length: 99_000 }, () => ({ BOOL: true }));
  await dynamodb.send(new PutItemCommand({ TableName: 'oversize', Item: { id: { S: 'big' }, flags: { L: flags } } }));
  await dynamodb.send(new PutItemCommand({ TableName: 'oversize', Item: { id: { S: 'small' } } }));

  await destination.idle();

  expect((await arrived('oversize')).map(({ dynamodb }) => dynamodb.Keys.id.S)).toEqual(['small']);
  expect(destination.stats()).toMatchObject({ read: 2, put: 1, droppedOversize: 1, behind: 0 });
});

test('with faults, records arrive twice and out of order, and none is missing', async () => {
  const destination = await connect('faulty', { seed: 7, duplicateRate: 0.1, reorderRate: 0.2 });
  await writeItems('faulty', 1_000);

  await destination.idle();

  const records = await arrived('faulty');
  const { duplicated, reordered } = destination.stats();
  expect(duplicated).toBeGreaterThan(0);
  expect(reordered).toBeGreaterThan(0);
  expect(records).toHaveLength(1_000 + duplicated);
  expect(new Set(records.map(({ eventID }) => eventID)).size).toBe(1_000);
  const times = (id: string) =>
    records.filter(({ dynamodb }) => dynamodb.Keys.id.S === id).map((one) => one.dynamodb.ApproximateCreationDateTime);
  const ids = [...new Set(records.map(({ dynamodb }) => dynamodb.Keys.id.S))];
  expect(ids.some((id) => times(id).some((time, index, all) => time < (all[index - 1] ?? 0)))).toBe(true);
});
