import { expect, it } from 'vitest';
import { faultNames } from './faults/fault-names.ts';
import { runHistory } from './history.ts';
import { RealTimeError, withoutRealTime } from './real-time.ts';
import { historySteps, runSeed } from './run-seed.ts';
import { describeFailure, shrink } from './shrink.ts';
import { loadHandlers } from './world/world.ts';

const handlers = await loadHandlers();
const faults = new Set(faultNames);
const timeoutMs = 120_000;

it('repeats a run exactly from its seed', { timeout: timeoutMs }, async () => {
  const run = (seed: number) => withoutRealTime(() => runHistory({ seed, steps: 150, faults, handlers }));
  const [first, second, other] = [await run(7), await run(7), await run(8)];
  expect(second.hash).toBe(first.hash);
  expect(second.faults).toEqual(first.faults);
  expect(other.hash).not.toBe(first.hash);
});

it('loses, doubles and confuses nothing, whatever goes wrong', { timeout: timeoutMs }, async () => {
  const { failed, records, changes, coverage } = await runSeed({ seed: 1, records: 6_000, faults, handlers });
  expect(failed.flatMap(({ findings }) => findings)).toEqual([]);
  expect(records).toBeGreaterThanOrEqual(6_000);
  expect(records).toBeGreaterThan(2 * changes);
  expect(coverage.size).toBeGreaterThan(50);
});

// An audit that began while records were held up named them, and ended when nothing went wrong any more; a third change
// of one microsecond came after the item had been read for the other two; a call that an answered invocation had left
// behind killed its idle environment, which then took another invocation and never answered.
it.each([
  3_207_430_460, 3_197_836_785, 4_057_145_335,
])('finds nothing where once the simulation was mistaken (seed %i)', {
  timeout: timeoutMs,
}, async (seed) => {
  const { findings } = await withoutRealTime(() => runHistory({ seed, steps: historySteps, faults, handlers }));
  expect(findings).toEqual([]);
});

it('finds nothing and disturbs nothing where nothing goes wrong', { timeout: timeoutMs }, async () => {
  const quiet = { seed: 3, steps: 150, faults: new Set<never>(), handlers };
  const { findings, faults: fired } = await withoutRealTime(() => runHistory(quiet));
  expect(findings).toEqual([]);
  expect(fired).toEqual([]);
});

it('makes the history small that shows a broken function', { timeout: timeoutMs }, async () => {
  const broken = new Map(handlers).set('archive', () => async () => ({ batchItemFailures: [] }));
  const small = await shrink({ seed: 2, steps: 60, faults, handlers: broken });
  expect(small.result.findings[0]).toMatchObject({ consumer: 'archive', kind: 'lost' });
  expect(small.steps.length).toBeLessThanOrEqual(2);
  expect(describeFailure(small)).toContain('archive lost');
});

it('refuses code that asks the machine for the time or for chance', async () => {
  const asking = [() => Date.now(), () => new Date(), () => Math.random(), () => performance.now()];
  for (const ask of asking) await expect(withoutRealTime(async () => ask())).rejects.toThrow(RealTimeError);
  await expect(withoutRealTime(async () => new Date(0).getTime())).resolves.toBe(0);
  expect(Date.now()).toBeGreaterThan(0);
});
