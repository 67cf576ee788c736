import { describe, expect, it } from 'vitest';
import { simulateMapping } from '../simulation/simulate-mapping.ts';
import type { SimulatedHandler } from '../simulation/simulated-function.ts';
import type { SimulationOptions } from '../simulation/simulation-options.ts';
import { KINESIS_ARN, START_MS } from '../testing/scenario.ts';

const HOUR_MS = 3_600_000;

function simulate(handler: SimulatedHandler, options: Partial<SimulationOptions> = {}) {
  const { mapping, ...others } = options;
  return simulateMapping({
    shards: [{ shardId: 'shard', records: ['a', 'b'].map((data) => ({ partitionKey: data, data })) }],
    handler,
    ...others,
    mapping: {
      ...{ EventSourceArn: KINESIS_ARN, FunctionName: 'orders', StartingPosition: 'TRIM_HORIZON' },
      ...mapping,
    },
  });
}

const once = { EventSourceArn: KINESIS_ARN, FunctionName: 'orders', StartingPosition: 'TRIM_HORIZON' } as const;
const oneRetry = { ...once, MaximumRetryAttempts: 1 };

describe('the function', () => {
  it('[payload-response] fails with a response above 6 MB', async () => {
    const limit = 6 * 1024 * 1024;
    const answer = (bytes: number) => ({ filled: 'x'.repeat(bytes - '{"filled":""}'.length) });
    expect((await simulate(() => answer(limit), { mapping: oneRetry })).metrics.processed).toBe(2);
    const { invocations } = await simulate(() => answer(limit + 1), { mapping: oneRetry });
    expect(invocations[0]?.outcome).toMatchObject({ error: { errorType: 'Function.ResponseSizeTooLarge' } });
    expect(invocations).toHaveLength(2);
  });

  it('[retry-until-expiry] is tried until the record leaves the stream', async () => {
    const failing = () => Promise.reject(new Error('no'));
    const { ended, invocations, metrics, documents } = await simulate(failing, { retentionMs: 2 * HOUR_MS });
    expect(ended).toBe('settled');
    const lastMs = invocations.at(-1)?.startedMs ?? 0;
    expect(lastMs - START_MS).toBeLessThan(2 * HOUR_MS);
    expect(lastMs - START_MS).toBeGreaterThan(2 * HOUR_MS - 120_000);
    expect(metrics).toMatchObject({ expired: 2, dropped: 0, delivered: 0 });
    expect(documents).toEqual([]);
  });
});
