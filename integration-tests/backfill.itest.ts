import type { ChildProcess } from 'node:child_process';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { counterKey } from '../shared/sinks/aggregates/layout.ts';
import { type LiveAggregates, scan, startLiveAggregates, tested } from './live-aggregates.ts';

/** A busy machine takes its time: only what never comes to an end is a failure. */
const patienceMs = 480_000;
const cleanup = new AsyncDisposableStack();
let live: LiveAggregates;

beforeAll(async () => {
  live = await startLiveAggregates(cleanup, { users: 1_200, writesPerS: 120 });
}, patienceMs);

afterAll(() => cleanup.disposeAsync());

// The writes go all over the table: before the scan and behind it.
it('aggregates are built while every write counts, through five kill -9, equal to a recount at ten moments', {
  timeout: 3 * patienceMs,
}, async () => {
  const { quiet, writer, differences } = live;
  const { laptop, tributary } = quiet;
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
    const killed = laptop.begin(['cli/main.ts', ...backfill]);
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
  return live.quiet.tributary('audit', '--consumer', tested[0], '--region', tested[1], ...more);
}

/** Adds to what readers see, as only a person can. */
async function damage(country: string): Promise<void> {
  const { generation } = await currentGeneration();
  const group = { kind: 'value', value: country } as const;
  await live.quiet.dynamodb.send(
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
  const rows = await scan(live.quiet.dynamodb, 'aggregates');
  const readers = rows.find(({ slice, group }) => slice?.S === 'generation' && group?.S === 'readers');
  return { generation: Number(readers?.generation?.N ?? '1') };
}
