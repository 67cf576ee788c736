import { randomUUID } from 'node:crypto';
import timers from 'node:timers';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { faultNames } from './faults/fault-names.ts';
import { runHistory } from './history.ts';
import { RealTimeError, withoutRealTime } from './real-time.ts';
import { historySteps, runSeed } from './run-seed.ts';
import { foundByChecker } from './seed-report.ts';
import { describeFailure, shrink } from './shrink.ts';
import { planWork } from './workload/plan-work.ts';
import { loadHandlers } from './world/world.ts';

const handlers = await loadHandlers();
const faults = new Set(faultNames);

it('repeats a run exactly from its seed', async () => {
  const run = (seed: number) => withoutRealTime(() => runHistory({ seed, steps: 150, faults, handlers }));
  const [first, second, other] = [await run(7), await run(7), await run(8)];
  expect(second.hash).toBe(first.hash);
  expect(second.faults).toEqual(first.faults);
  expect(other.hash).not.toBe(first.hash);
});

it('loses, doubles and confuses nothing, whatever goes wrong', async () => {
  const { failed, records, changes, coverage } = await runSeed({ seed: 1, records: 6_000, faults, handlers });
  expect(failed.flatMap(({ findings }) => findings)).toEqual([]);
  expect(records).toBeGreaterThanOrEqual(6_000);
  expect(records).toBeGreaterThan(2 * changes);
  expect(coverage.size).toBeGreaterThan(50);
});

// An audit that began while records were held up named them, and ended when nothing went wrong any more; a third change
// of one microsecond came after the item had been read for the other two; a call that an answered invocation had left
// behind killed its idle environment, which then took another invocation and never answered; a tombstone where nothing
// was counted as a version for readers; the state of a window of a deleted mapping was handed to its successor; a stamp
// came again, by the late write of a killed replicator, onto what was written over it, and gave way to a higher one.
it.each([
  3_207_430_460, 3_197_836_785, 4_057_145_335, 2_313_434_106, 820_615_869, 3_515_144_803,
])('finds nothing where once the simulation was mistaken (seed %i)', async (seed) => {
  const { findings } = await withoutRealTime(() => runHistory({ seed, steps: historySteps, faults, handlers }));
  expect(findings).toEqual([]);
});

it('finds nothing and disturbs nothing where nothing goes wrong', async () => {
  const quiet = { seed: 3, steps: 150, faults: new Set<never>(), handlers };
  const { findings, faults: fired } = await withoutRealTime(() => runHistory(quiet));
  expect(findings).toEqual([]);
  expect(fired).toEqual([]);
});

it('makes the history small that shows a broken function', async () => {
  const broken = new Map(handlers).set('archive', () => async () => ({ batchItemFailures: [] }));
  const small = await shrink({ seed: 2, steps: 60, faults, handlers: broken });
  expect(small.findings[0]).toMatchObject({ consumer: 'archive', kind: 'lost' });
  expect(small.steps.length).toBeLessThanOrEqual(2);
  expect(small.faults.length).toBeLessThanOrEqual(2);
  expect(describeFailure(small)).toContain('archive lost');
  expect(describeFailure(small)).toContain('skewsMs [');
});

it('tells what operators began in a history that failed', async () => {
  const seed = Array.from({ length: 100 }, (_, at) => at).find((each) => planWork(each, 20).size > 0) ?? 0;
  const [{ work } = {}] = planWork(seed, 20).values();
  const result = await withoutRealTime(() => runHistory({ seed, steps: 20, faults: new Set<never>(), handlers }));
  expect(describeFailure(result)).toMatch(
    new RegExp(`operators of region . begin ${work?.command} of ${work?.consumer}`),
  );
});

it('makes what was thrown a finding, with where it was thrown', async () => {
  const listen = (event: string) => {
    if (event.startsWith('fault ')) throw new Error('the weather is out of order');
  };
  const run = () => runHistory({ seed: 7, steps: 400, faults: new Set(['deployment']), handlers, listen });
  const { isBroken, findings, records } = await withoutRealTime(run, { keepsTraces: true });
  expect(isBroken).toBe(true);
  expect(findings).toEqual([
    { consumer: 'all', kind: 'unaccounted', what: expect.stringMatching(/the weather is out of order\n.*simulator/) },
  ]);
  expect(records).toBeGreaterThan(0);
  expect(foundByChecker(findings)).toBeUndefined();
});

it.each([
  { of: 'Date.now', ask: () => Date.now() },
  { of: 'new Date', ask: () => new Date() },
  { of: 'Date', ask: () => Date() },
  { of: 'Math.random', ask: () => Math.random() },
  { of: 'performance.now', ask: () => performance.now() },
  { of: 'process.hrtime', ask: () => process.hrtime() },
  { of: 'process.hrtime.bigint', ask: () => process.hrtime.bigint() },
  { of: 'process.uptime', ask: () => process.uptime() },
  { of: 'the module crypto', ask: () => randomUUID() },
  { of: 'the global crypto', ask: () => globalThis.crypto.randomUUID() },
  { of: 'getRandomValues of the global crypto', ask: () => globalThis.crypto.getRandomValues(new Uint8Array(1)) },
  { of: 'setTimeout', ask: () => setTimeout(() => undefined, 0) },
  { of: 'the module timers', ask: () => timers.setTimeout(() => undefined, 0) },
  { of: 'the promises of timers', ask: () => pause(0) },
  { of: 'AbortSignal.timeout', ask: () => AbortSignal.timeout(1) },
])('refuses code that asks the machine for time or chance: $of', async ({ ask }) => {
  await expect(withoutRealTime(async () => ask())).rejects.toThrow(RealTimeError);
});

it('gives time and chance back as they were', async () => {
  await expect(withoutRealTime(async () => new Date(0).getTime())).resolves.toBe(0);
  expect(Date.now()).toBeGreaterThan(0);
  expect(process.hrtime.bigint()).toBeGreaterThan(0n);
  expect(Object.hasOwn(globalThis.crypto, 'randomUUID')).toBe(false);
  expect(globalThis.crypto.randomUUID()).not.toBe(globalThis.crypto.randomUUID());
});
