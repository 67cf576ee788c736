import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LiveAggregates, scan, startLiveAggregates, tested } from '../live-aggregates.ts';

/** Only what never comes to an end is a failure. */
const patienceMs = 1_200_000;
/** Fewer, to try the test itself. */
const users = Number(process.env.TRIBUTARY_LARGE_USERS ?? 50_000);
const cleanup = new AsyncDisposableStack();
let live: LiveAggregates;

beforeAll(async () => {
  live = await startLiveAggregates(cleanup, { users, writesPerS: 120 });
}, patienceMs);

afterAll(() => cleanup.disposeAsync());

it(`a new aggregate over ${users} users is built while writes go on, equal to a recount`, {
  timeout: 4 * patienceMs,
}, async () => {
  const { quiet, writer, differences } = live;
  const { dynamodb: client, tributary } = quiet;
  await expect.poll(differences, { timeout: patienceMs, interval: 2_000 }).toEqual([]);
  // As it is when it has just been declared: nothing was counted for it yet.
  for (const { slice = { S: '' }, group = { S: '' } } of await scan(client, 'aggregates')) {
    if (!slice.S?.startsWith('users-by-plan')) continue;
    await client.send(new DeleteItemCommand({ TableName: 'aggregates', Key: { slice, group } }));
  }
  expect(await differences()).toHaveLength(2);
  writer.resume();
  const beganAtMs = performance.now();
  const built = await tributary('backfill', '--consumer', tested[0], '--region', tested[1]);
  const builtS = (performance.now() - beganAtMs) / 1000;
  expect(built).toMatchObject({ code: 0, out: expect.stringContaining('readers are on') });
  await writer.pause();
  const writesPerS = writer.writesPerS();
  const pausedAtMs = performance.now();
  await expect.poll(differences, { timeout: patienceMs, interval: 250 }).toEqual([]);
  const drainedS = (performance.now() - pausedAtMs) / 1000;
  process.stdout.write(
    `${users} users: built in ${builtS.toFixed(1)} s with ${writesPerS.toFixed(0)} writes a second going on, ` +
      `equal to a recount ${drainedS.toFixed(1)} s after the last write\n`,
  );
  // All through it, whatever rate the machine allowed.
  expect(writer.writes()).toBeGreaterThan(100);
});
