import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { handler } from '../functions/replicator/handler.ts';
import { conflictsTable } from '../shared/sinks/replica/resources.ts';
import { createWriter } from '../shared/writer/write.ts';
import { type RegionEngine, startRegionEngine, users } from './replicator-region.ts';

const names = { a: 'eu-central-1', b: 'eu-west-1' };
let a: RegionEngine;
let b: RegionEngine;

beforeAll(async () => {
  [a, b] = await Promise.all([startRegionEngine(names.a), startRegionEngine(names.b)]);
});

afterEach(() => vi.unstubAllEnvs());

afterAll(() => Promise.all([a.stop(), b.stop()]));

test('all regions converge to the same item; losers are kept and counted', async () => {
  for (let number = 0; number < 20; number += 1) await writerOf(a).put(userOf(`u${number}`, 'first'));
  await settle();
  // The same items at once, by writers who do not see each other.
  await Promise.all([a, b].map((region) => writeAll(region, [0, 1, 2, 3, 4])));
  // What no writer stamps: puts, updates that leave the stamp, deletions, the end of a lifetime.
  await plainPut(a.client, 'u5');
  await plainPut(b.client, 'u5');
  await keepStamp(b.client, 'u6');
  await a.client.send(new DeleteItemCommand({ TableName: users, Key: { id: { S: 'u7' } } }));
  await writerOf(b).delete({ id: 'u8' });
  await writerOf(a).put({ ...userOf('u9', 'expired'), expiresAt: 1_700_000_000 });
  await a.sweepExpiredItems();
  await plainPut(b.client, 'u20');
  // Killed on the way, its write landing later; delivered twice at once; then all over again.
  const records = await a.readRecords();
  const { intercept, landLate } = holdingBack();
  await a.deliverTo(b, records, { intercept });
  await Promise.all([a.deliverTo(b, records), a.deliverTo(b, records), b.deliverTo(a, await b.readRecords())]);
  await landLate();
  await settle();

  const items = await a.items();
  expect(await b.items()).toEqual(items);
  const live = items.filter(({ _deleted: deleted }) => deleted === undefined);
  expect(live.map(({ id }) => id?.S)).toHaveLength(18);
  expect(items.find(({ id }) => id?.S === 'u6')).toMatchObject({ name: { S: 'kept' } });

  const rows = [...(await a.conflicts()), ...(await b.conflicts())].filter(
    ({ certainty }) => certainty?.S === 'certain',
  );
  const lost = rows.map(({ keys }) => keys?.M?.id?.S ?? '').toSorted();
  expect(lost).toEqual(['u0', 'u1', 'u2', 'u3', 'u4']);
  for (const { keys, loser, winnerVersion } of rows) {
    const standing = items.find(({ id }) => id?.S === keys?.M?.id?.S);
    expect(winnerVersion).toEqual(standing?._v);
    expect(loser?.M?.name).not.toEqual(standing?.name);
  }
  expect(a.counted('ReplicaConflicts') + b.counted('ReplicaConflicts')).toBe(5);
  await expectQuiet();
});

test('runs as deployed, from its variables', async () => {
  await writerOf(a).put(userOf('deployed', 'from its variables'));
  const variables = {
    AWS_REGION: names.a,
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'pair',
    AWS_ENDPOINT_URL_DYNAMODB: a.url,
    TRIBUTARY_STAGE: 'test',
    DEAD_LETTER_BUCKET: 'unused',
    DEAD_LETTER_QUEUE_URL: 'http://unused',
    SOURCE_TABLE: users,
    REPLICA_TABLE: users,
    REPLICA_REGION: names.b,
    REPLICA_ENDPOINT: b.url,
    REPLICA_MODE: 'active-active',
    REPLICA_CONFLICTS_TABLE: conflictsTable.name,
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const event = { Records: await a.readRecords() };
  const context = { awsRequestId: 'request', getRemainingTimeInMillis: () => 60_000 };
  expect(await handler(event, context)).toEqual({ batchItemFailures: [] });
  expect(await b.items()).toContainEqual(expect.objectContaining({ id: { S: 'deployed' } }));
});

function writerOf({ client, name }: RegionEngine) {
  return createWriter({
    dynamodb: client,
    table: { tableName: users, definition: a.table },
    region: name,
    mode: 'active-active',
  });
}

function userOf(id: string, name: string) {
  return { id, email: `${id}@example.com`, name, balance: 1 };
}

async function writeAll(region: RegionEngine, numbers: readonly number[]): Promise<void> {
  for (const number of numbers) await writerOf(region).put(userOf(`u${number}`, `in ${region.name}`));
}

async function plainPut(client: DynamoDBClient, id: string): Promise<void> {
  const region = await client.config.region();
  const Item: Record<string, AttributeValue> = { id: { S: id }, email: { S: 'x@example.com' }, name: { S: region } };
  await client.send(new PutItemCommand({ TableName: users, Item }));
}

async function keepStamp(client: DynamoDBClient, id: string): Promise<void> {
  await client.send(
    new UpdateItemCommand({
      TableName: users,
      Key: { id: { S: id } },
      UpdateExpression: 'SET #name = :name',
      ExpressionAttributeNames: { '#name': 'name' },
      ExpressionAttributeValues: { ':name': { S: 'kept' } },
    }),
  );
}

/** The functions' writes are held back and land when everybody else has long gone on. */
function holdingBack() {
  const held: (() => Promise<unknown>)[] = [];
  return {
    intercept: <Output>({ operation }: { operation: string }, proceed: () => Promise<Output>): Promise<Output> => {
      if (operation === 'getItem') return proceed();
      held.push(proceed);
      return Promise.reject(new Error('killed'));
    },
    landLate: async () => {
      for (const write of held) await write().catch(() => undefined);
    },
  };
}

/** Delivers in turn until neither region has anything more to say. */
async function settle(): Promise<void> {
  for (let round = 0; round < 10; round += 1) {
    const [fromA, fromB] = [await a.readRecords(), await b.readRecords()];
    if (fromA.length + fromB.length === 0) return;
    expect(await a.deliverTo(b, fromA)).toEqual({ batchItemFailures: [] });
    expect(await b.deliverTo(a, fromB)).toEqual({ batchItemFailures: [] });
  }
  throw new Error('the regions do not come to rest');
}

/** Delivered all over again, no record changes anything. */
async function expectQuiet(): Promise<void> {
  await a.deliverTo(b, await a.readRecords('from the start'));
  await b.deliverTo(a, await b.readRecords('from the start'));
  expect([...(await a.readRecords()), ...(await b.readRecords())]).toEqual([]);
}
