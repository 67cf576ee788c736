import {
  type AttributeValue,
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { create } from '../functions/aggregates/handler.ts';
import { totals } from '../functions/aggregates/totals.ts';
import type { DynamoDbEngine } from '../local/engines/dynamodb.ts';
import { createDynamoDbStreamSource, type StreamRecord } from '../local/engines/dynamodb-stream-source.ts';
import type { TableResource } from '../shared/runtime/consumer-definition.ts';
import { dynamoDbClient } from '../shared/services/dynamodb/client.ts';
import { type Intercept, interceptDynamoDb } from '../shared/services/dynamodb/intercept.ts';
import { checkpointsTable, countersTable } from '../shared/sinks/aggregates/resources.ts';
import { readTotals } from '../shared/writer/read-totals.ts';
import { startDynamoDb } from './provided-engines.ts';
import { createStreamedTable } from './streamed-table.ts';

const region = 'eu-west-1';
const users = 'users';
let engine: DynamoDbEngine;
let client: DynamoDBClient;

beforeAll(async () => {
  engine = await startDynamoDb(region);
  const credentials = { accessKeyId: 'any', secretAccessKey: 'pair' };
  client = new DynamoDBClient({ endpoint: engine.url, region, credentials });
  await createTables();
});

afterAll(() => engine.stop());

test('every change is counted exactly once, expiry included, through crashes and redeliveries', async () => {
  await writeUsers();
  const { records, shardId } = await readStream();
  expect(new Set(records.map(({ eventName }) => eventName))).toEqual(new Set(['INSERT', 'MODIFY', 'REMOVE']));
  const lifeOf500 = records.filter(({ dynamodb }) => JSON.stringify(dynamodb.Keys) === '{"id":{"S":"u500"}}');
  expect(lifeOf500.map(({ eventName }) => eventName)).toEqual(['INSERT', 'REMOVE']);

  const event = (part: readonly StreamRecord[]) => ({ Records: part, shardId, window: {}, state: {} });
  const middle = Math.floor(records.length / 2);
  // Killed after its first commit, killed before it, its late write landing afterwards; then bisected and repeated.
  await deliver(event(records.slice(0, middle)), dyingAfterCommits(1));
  const { intercept, landLate } = holdingBack();
  await deliver(event(records), intercept);
  await Promise.all([deliver(event(records)), deliver(event(records))]);
  await landLate();
  await deliver(event(records.slice(0, middle)));
  await deliver(event(records.slice(middle)));
  expect(await deliver(event(records))).toEqual({ state: {}, batchItemFailures: [] });

  const recounted = await recount();
  for (const total of totals) expect(await storedTotal(total.name)).toEqual(recounted[total.name]);
});

/** One invocation of the deployed handler. */
async function deliver(event: unknown, intercept?: Intercept): Promise<unknown> {
  const dynamodb = dynamoDbClient(client);
  const handler = create({
    dynamodb: intercept ? interceptDynamoDb(dynamodb, intercept) : dynamodb,
    config: {
      consumer: 'aggregates',
      region,
      stage: 'test',
      codeVersion: 'test',
      deadLetters: { bucket: 'unused', queueUrl: 'http://unused' },
      value: (variable) => (variable === countersTable.variable ? countersTable.name : checkpointsTable.name),
    },
    deadLetters: { store: () => Promise.reject(new Error('no record of this test is poison')) },
    clock: { nowMs: () => Date.now(), sleep: async () => undefined },
    random: Math.random,
    log: { startInvocation: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    metrics: { add: () => undefined, flush: () => undefined },
  });
  return handler(event, { awsRequestId: 'request', getRemainingTimeInMillis: () => 60_000 });
}

function dyingAfterCommits(commits: number): Intercept {
  let left = commits;
  return async (call, proceed) => {
    if (left === 0) throw new Error('killed');
    const answer = await proceed();
    if (call.operation === 'transactWriteItems') left -= 1;
    return answer;
  };
}

function holdingBack(): { intercept: Intercept; landLate: () => Promise<void> } {
  const held: (() => Promise<unknown>)[] = [];
  return {
    intercept: (call, proceed) => {
      if (call.operation !== 'transactWriteItems') return proceed();
      held.push(proceed);
      throw new Error('killed');
    },
    landLate: async () => {
      for (const write of held) await expect(write()).rejects.toThrow();
    },
  };
}

async function createTables(): Promise<void> {
  await createStreamedTable(client, { TableName: users, expires: 'expiresAt' });
  for (const table of [countersTable, checkpointsTable]) await createTable(table);
}

async function createTable({ name, partitionKey, sortKey }: TableResource): Promise<void> {
  const keys = sortKey ? [partitionKey, sortKey] : [partitionKey];
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keys.map((key) => ({ AttributeName: key.name, AttributeType: key.type })),
      KeySchema: keys.map((key, index) => ({ AttributeName: key.name, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
    }),
  );
}

function userItem(number: number): Record<string, AttributeValue> {
  const minute = String(number % 60).padStart(2, '0');
  return {
    id: { S: `u${number}` },
    // Every tenth has a country of a wrong type.
    country: number % 10 === 0 ? { N: '7' } : { S: `C${number % 40}` },
    plan: { S: number % 3 === 0 ? 'team' : 'free' },
    status: { S: number % 4 === 0 ? 'closed' : 'active' },
    balance: { N: `${number % 2 === 0 ? '-' : ''}9007199254740993.${String(1 + (number % 9)).padStart(8, '0')}` },
    createdAt: { S: `2026-03-0${1 + (number % 5)}T10:${minute}:30.000Z` },
  };
}

async function writeUsers(): Promise<void> {
  for (let number = 0; number < 160; number += 1) {
    await client.send(new PutItemCommand({ TableName: users, Item: userItem(number) }));
  }
  for (let number = 0; number < 160; number += 2) {
    await client.send(
      new UpdateItemCommand({
        TableName: users,
        Key: { id: { S: `u${number}` } },
        UpdateExpression: 'SET country = :country, balance = balance + :more',
        ExpressionAttributeValues: { ':country': { S: `C${number % 7}` }, ':more': { N: '0.1' } },
      }),
    );
  }
  const inOneTransaction = Array.from({ length: 20 }, (_, index) => ({
    Put: { TableName: users, Item: { ...userItem(index), plan: { S: 'enterprise' } } },
  }));
  await client.send(new TransactWriteItemsCommand({ TransactItems: inOneTransaction }));
  for (let number = 0; number < 160; number += 5) {
    await client.send(new DeleteItemCommand({ TableName: users, Key: { id: { S: `u${number}` } } }));
  }
  const expired = { ...userItem(500), expiresAt: { N: '1700000000' } };
  await client.send(new PutItemCommand({ TableName: users, Item: expired }));
  await engine.sweepExpiredItems();
}

async function readStream(): Promise<{ records: StreamRecord[]; shardId: string }> {
  const streamArn = await latestStreamArn();
  const source = createDynamoDbStreamSource({ endpoint: engine.url, region });
  const { Shards } = await source.describeStream(streamArn);
  const shardId = Shards[0]?.ShardId ?? '';
  const shardIterator = await source.getShardIterator({ streamArn, shardId, type: 'TRIM_HORIZON' });
  const { records } = await source.getRecords({ streamArn, shardId, shardIterator });
  // The mapping adds what GetRecords does not say.
  return { records: records.map((record) => ({ ...record, eventSourceARN: streamArn })), shardId };
}

async function latestStreamArn(): Promise<string> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: users }));
  return Table?.LatestStreamArn ?? '';
}

/** `DE: '2, 300000000'`: the count, and the sum in units of 10^-8. */
type Recount = Record<string, string>;

async function storedTotal(total: string): Promise<Recount> {
  const groups = await readTotals(dynamoDbClient(client), { tableName: countersTable.name, total });
  return Object.fromEntries(
    groups.map(({ group, count, sum }) => [
      group.kind === 'value' ? group.value : '(invalid)',
      `${count}, ${scaled(sum)}`,
    ]),
  );
}

/** From the table as it is now, without a line of what is tested. */
async function recount(): Promise<Record<string, Recount>> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: users, ConsistentRead: true }));
  const groupsOf: Record<string, (user: Record<string, AttributeValue>) => string | undefined> = {
    'users-by-country': ({ country }) => country?.S ?? '(invalid)',
    'users-by-plan': ({ plan }) => plan?.S,
    'users-by-day': ({ createdAt }) => createdAt?.S?.slice(0, 10),
    'users-by-minute': ({ createdAt }) => createdAt?.S?.slice(0, 16),
    'active-users-by-country': ({ status, country }) =>
      status?.S === 'active' ? (country?.S ?? '(invalid)') : undefined,
  };
  const recounted: Record<string, Recount> = {};
  for (const [total, groupOf] of Object.entries(groupsOf)) {
    const groups = new Map<string, { count: number; sum: bigint }>();
    for (const user of Items) {
      const name = groupOf(user);
      if (name === undefined) continue;
      const { count, sum } = groups.get(name) ?? { count: 0, sum: 0n };
      const isSummed = name !== '(invalid)' && !total.startsWith('active');
      groups.set(name, { count: count + 1, sum: sum + (isSummed ? scaled(user.balance?.N ?? '0') : 0n) });
    }
    recounted[total] = Object.fromEntries([...groups].map(([name, { count, sum }]) => [name, `${count}, ${sum}`]));
  }
  return recounted;
}

function scaled(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return BigInt(whole + fraction.padEnd(8, '0'));
}
