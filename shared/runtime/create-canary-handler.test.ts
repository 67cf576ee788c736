import { describe, expect, it } from 'vitest';
import { baseServices } from '../testing/base-services.ts';
import { type CanaryRun, createCanaryHandler } from './create-canary-handler.ts';

const timeoutMs = 55_000;

/** Runs a canary in virtual time: what it measured, and when it was done. */
async function measured(runAt: (nowMs: () => number) => CanaryRun) {
  let nowMs = Date.UTC(2026, 0, 1);
  const startedAtMs = nowMs;
  const emitted: string[] = [];
  const base = baseServices({ consumer: 'canary', values: {} });
  const services = {
    ...base,
    clock: {
      nowMs: () => nowMs,
      sleep: async (durationMs: number) => {
        nowMs += durationMs;
      },
    },
    metrics: { ...base.metrics, add: (name: string, value: number) => emitted.push(`${name} ${value}`) },
  };
  const run = runAt(() => nowMs - startedAtMs);
  const handler = createCanaryHandler({ metric: 'FreshnessSearchMs', services, prepare: async () => run });
  const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => timeoutMs - (nowMs - startedAtMs) };
  const error = await handler({}, context).then(
    () => undefined,
    (problem: unknown) => problem,
  );
  return { emitted, error, tookMs: nowMs - startedAtMs };
}

const write = async () => undefined;

describe('a canary', () => {
  it('measures from its write until the effect is there', async () => {
    const { emitted } = await measured((nowMs) => ({ write, isThere: async () => nowMs() >= 3_000 }));
    expect(emitted).toEqual(['FreshnessSearchMs 3000']);
  });

  it('counts an effect that never comes with all the time that it had, and ends before it is cut off', async () => {
    const { emitted, tookMs } = await measured(() => ({ write, isThere: async () => false }));
    expect(emitted).toEqual(['FreshnessSearchMs 50000']);
    expect(tookMs).toBeLessThan(timeoutMs);
  });

  it('measures nothing, and fails, when it cannot write', async () => {
    const fails = async () => Promise.reject(new Error('no table'));
    const { emitted, error } = await measured(() => ({ write: fails, isThere: async () => true }));
    expect(emitted).toEqual([]);
    expect(error).toBeInstanceOf(Error);
  });

  it.each([
    ['came', async () => true],
    ['never came', async () => false],
    ['could not be looked up', async () => Promise.reject(new Error('no reply'))],
  ])('takes its write back when the effect %s', async (_what, isThere) => {
    let undone = 0;
    const undo = async () => {
      undone += 1;
    };
    await measured(() => ({ write, isThere, undo }));
    expect(undone).toBe(1);
  });
});
