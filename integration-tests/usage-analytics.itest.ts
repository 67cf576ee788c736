import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { create } from '../functions/usage-analytics/handler.ts';
import type { DynamoDbEngine } from '../local/engines/dynamodb.ts';
import { dynamoDbClient } from '../shared/services/dynamodb/client.ts';
import { keyAttributes } from '../shared/services/dynamodb/twin/key.ts';
import { usageWindowsTable } from '../shared/sinks/usage-windows/resources.ts';
import { baseServices } from '../shared/testing/base-services.ts';
import { kinesisRecords } from '../shared/testing/record-builder.ts';
import { readWindows, type UsageWindow } from '../shared/writer/read-windows.ts';
import { type KinesisWorld, type Mishap, region, startKinesisWorld } from './kinesis-world.ts';
import { startDynamoDb } from './provided-engines.ts';

const { name: tableName, variable } = usageWindowsTable;
const user = (number: number) => ({ id: `u-${number}`, email: `${number}@example.com` });
const active = (number: number) => ({ ...user(number), status: 'active' });

let engine: DynamoDbEngine;
let client: DynamoDBClient;
let kinesis: KinesisWorld;

beforeAll(async () => {
  engine = await startDynamoDb(region);
  client = new DynamoDBClient({
    endpoint: engine.url,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keyAttributes(usageWindowsTable).map(({ name, type }) => ({
        AttributeName: name,
        AttributeType: type,
      })),
      KeySchema: keyAttributes(usageWindowsTable).map(({ name }, index) => ({
        AttributeName: name,
        KeyType: index === 0 ? 'HASH' : 'RANGE',
      })),
    }),
  );
  kinesis = await startKinesisWorld();
});

afterAll(async () => {
  await kinesis?.stop();
  client?.destroy();
  await engine?.stop();
});

test('windows count every record once, by arrival, through crashes, throttling and a restart', async () => {
  const startedAtMs = Date.now();
  const dynamodb = dynamoDbClient(client);
  const handler = create({
    ...baseServices({ consumer: 'usage-analytics', values: { [variable]: tableName } }),
    dynamodb,
  });
  const mishaps: Mishap[] = [];
  const start = () => kinesis.startMapping({ handler, mapping: { TumblingWindowInSeconds: 1, BatchSize: 7 }, mishaps });
  const { insert, modify, remove } = kinesisRecords();
  const users = Array.from({ length: 40 }, (_, number) => number);

  mishaps.push('throttled', 'killAfter', 'none', 'killBefore', 'killAfter');
  let mapping = await start();
  await kinesis.put(users.map((number) => insert(user(number))));
  await vi.waitFor(() => expect(mapping.status().metrics.processed).toBeGreaterThan(10), { timeout: 60_000 });
  await mapping.stop();
  mishaps.push('killAfter', 'throttled');
  mapping = await start();
  // A duplicate in Kinesis itself is a record of its own.
  await kinesis.put([...users.map((number) => modify(user(number), active(number))), insert(user(0))]);
  await kinesis.put(users.slice(30).map((number) => remove(active(number))));

  const read = () => readWindows(dynamodb, { tableName, fromMs: startedAtMs - 1000, toMs: Date.now() });
  const expected = { insert: 41, modify: 40, remove: 10, expire: 0 };
  await vi.waitFor(async () => expect(sumOf(await read())).toEqual(expected), { timeout: 60_000, interval: 200 });
  await mapping.stop();

  const windows = await read();
  expect(windows.map(({ start: from }) => from)).toEqual(windows.map(({ start: from }) => from).toSorted());
  // There are forty, and so few are told apart almost exactly.
  expect(Math.max(...windows.map(({ active: distinct }) => distinct))).toBeLessThanOrEqual(41);
});

function sumOf(windows: readonly UsageWindow[]): UsageWindow['changes'] {
  const sum = { insert: 0, modify: 0, remove: 0, expire: 0 };
  for (const { changes } of windows) {
    sum.insert += changes.insert;
    sum.modify += changes.modify;
    sum.remove += changes.remove;
    sum.expire += changes.expire;
  }
  return sum;
}
