import type { ChildProcess } from 'node:child_process';
import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  paginateScan,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dynamoDbClient } from '../shared/services/dynamodb/client.ts';
import { counterKey } from '../shared/sinks/aggregates/layout.ts';
import { readTotals } from '../shared/writer/read-totals.ts';
import { type QuietLaptop, startQuietLaptop } from './quiet-laptop.ts';
import { countries, type SteadyWriter, steadyWriter } from './steady-writer.ts';

/** A busy machine takes its time: only what never comes to an end is a failure. */
const patienceMs = 480_000;
const tested = ['aggregates', 'eu-west-1'] as const;
const others = ['replicator', 'search-index', 'welcome-email', 'usage-analytics', 'archive'];
const ids = Array.from({ length: 1_200 }, (_, at) => `u${String(at).padStart(5, '0')}`);
const cleanup = new AsyncDisposableStack();
let quiet: QuietLaptop;
let client: DynamoDBClient;
let writer: SteadyWriter;

beforeAll(async () => {
  quiet = await startQuietLaptop(cleanup);
  // What is tested has the machine to itself.
  await Promise.all(others.map(async (name) => expect(await tributary('pause', name)).toMatchObject({ code: 0 })));
  client = quiet.dynamodb;
  writer = steadyWriter({ client, ids, writesPerS: 120 });
  cleanup.defer(() => writer.pause());
  await putUsers();
}, patienceMs);

afterAll(() => cleanup.disposeAsync());

it('aggregates are built while every write counts, through five kills, equal to a recount at ten moments', {
  timeout: 3 * patienceMs,
}, async () => {
  let moments = 0;
  const expectEqual = async () => {
    moments += 1;
    await writer.pause();
    await expect.poll(differences, { timeout: patienceMs, interval: 250 }).toEqual([]);
    writer.resume();
  };
  writer.resume();
  // In the middle of each phase of a build: what another process finds then is all that it has to go on with.
  for (const step of ['begun', 'scanning', 'scanning', 'waiting', 'tracking']) {
    const killed = quiet.laptop.begin(['cli/main.ts', ...backfill]);
    await killAfter(`aggregates ${step}`, killed);
    await expectEqual();
  }
  expect(await tributary(...backfill)).toMatchObject({ code: 0, out: expect.stringContaining('readers are on') });
  await expectEqual();

  await damage('DE');
  await writer.pause();
  expect(await differences()).not.toEqual([]);
  writer.resume();
  expect(await tributary(...backfill)).toMatchObject({ code: 0 });
  await expectEqual();

  expect(await audit()).toMatchObject({ code: 0, out: expect.stringContaining('equal') });
  await expectEqual();
  await damage('FR');
  expect(await audit()).toMatchObject({ code: 1, out: expect.stringContaining('FR: count off by 7, sum off by 70') });
  expect(await audit('--repair')).toMatchObject({ code: 0, out: expect.stringContaining('repaired') });
  await expectEqual();
  await expectEqual();
  expect(moments).toBe(10);
  expect(writer.writes()).toBeGreaterThan(1_000);
});

const backfill = ['backfill', '--consumer', tested[0], '--region', tested[1], '--rate', '400'];

/** `kill -9`, once it has told this; it may have ended before. */
async function killAfter(text: string, command: ChildProcess): Promise<void> {
  const gone = new Promise<void>((resolve) => command.once('exit', () => resolve()));
  let told = '';
  command.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    told += chunk;
    if (told.includes(text)) command.kill('SIGKILL');
  });
  await gone;
}

function audit(...more: readonly string[]) {
  return tributary('audit', '--consumer', tested[0], '--region', tested[1], ...more);
}

function tributary(...args: readonly string[]) {
  return quiet.tributary(...args);
}

async function putUsers(): Promise<void> {
  for (let first = 0; first < ids.length; first += 25) {
    const requests = ids.slice(first, first + 25).map((id, at) => ({
      PutRequest: { Item: { id: { S: id }, country: { S: countries[at % 5] ?? '' }, balance: { N: String(at) } } },
    }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { users: requests } }));
  }
}

/** Adds to what readers see, as only a person can. */
async function damage(country: string): Promise<void> {
  const { generation } = await currentGeneration();
  const group = { kind: 'value', value: country } as const;
  await client.send(
    new UpdateItemCommand({
      TableName: 'aggregates',
      Key: counterKey({ total: 'users-by-country', group }, { slice: 5, generation }),
      UpdateExpression: 'ADD #count :count, #sum :sum',
      ExpressionAttributeNames: { '#count': 'count', '#sum': 'sum' },
      ExpressionAttributeValues: { ':count': { N: '7' }, ':sum': { N: '70' } },
    }),
  );
}

async function currentGeneration(): Promise<{ readonly generation: number }> {
  const rows = await scan('aggregates');
  const readers = rows.find(({ slice, group }) => slice?.S === 'generation' && group?.S === 'readers');
  return { generation: Number(readers?.generation?.N ?? '1') };
}

/** Groups whose numbers are not those of the table, without a line of what is tested. */
async function differences(): Promise<readonly string[]> {
  const users = await scan('users');
  const found: string[] = [];
  for (const [total, attribute] of [
    ['users-by-country', 'country'],
    ['users-by-plan', 'plan'],
  ] as const) {
    const expected = new Map<string, { count: number; sum: number }>();
    for (const { [attribute]: value, balance } of users) {
      if (value?.S === undefined) continue;
      const { count, sum } = expected.get(value.S) ?? { count: 0, sum: 0 };
      expected.set(value.S, { count: count + 1, sum: sum + Number(balance?.N ?? 0) });
    }
    const counted = await readTotals(dynamoDbClient(client), { tableName: 'aggregates', total });
    const texts = new Map([...expected].map(([group, { count, sum }]) => [group, `${count}, ${sum}`]));
    for (const { group, count, sum } of counted) {
      const name = group.kind === 'value' ? group.value : '(invalid)';
      if (texts.get(name) !== `${count}, ${sum}`)
        found.push(`${total} ${name}: ${count}, ${sum}, not ${texts.get(name)}`);
      texts.delete(name);
    }
    found.push(...[...texts].map(([name, text]) => `${total} ${name}: nothing, not ${text}`));
  }
  return found;
}

async function scan(TableName: string): Promise<Record<string, AttributeValue>[]> {
  const rows: Record<string, AttributeValue>[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true })) rows.push(...Items);
  return rows;
}
