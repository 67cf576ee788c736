import { describe, expect, it } from 'vitest';
import { data, mapping, simulate, texts } from '../testing/simulate.ts';

describe('the function', () => {
  const one = [{ shardId: 'a', records: data(1, 1) }];
  const twice = { ...mapping, MaximumRetryAttempts: 1 };

  it.each([
    ['throws', () => Promise.reject(new RangeError('x')), 'RangeError'],
    [
      'takes too long',
      (_: unknown, { sleep }: { sleep(ms: number): Promise<void> }) => sleep(3001),
      'Sandbox.Timedout',
    ],
    ['never answers', () => new Promise(() => {}), 'Sandbox.Timedout'],
    ['[payload-response] answers with more than 6 MB', () => 'x'.repeat(6 * 2 ** 20), 'Function.ResponseSizeTooLarge'],
  ])('[function-error-kinds] that %s has failed, and its attempt counts', async (_, handler, errorType) => {
    const { invocations } = await simulate({ mapping: twice, shards: one, handler });
    expect(invocations).toHaveLength(2);
    expect(invocations[0]?.outcome).toMatchObject({ kind: 'functionError', error: { errorType } });
  });

  it('[function-error-kinds] that crashes after its work is sent its records again', async () => {
    const done: string[] = [];
    await simulate({
      mapping: twice,
      shards: one,
      handler: (event) => void done.push(texts(event)),
      faults: { errorsAfter: 1 },
    });
    expect(done).toEqual(['1', '1']);
  });

  it('knows how much time it has left', async () => {
    const left: number[] = [];
    await simulate({
      shards: one,
      handler: async (_, context) => {
        await context.sleep(1000);
        left.push(context.getRemainingTimeInMillis());
      },
      function: { timeoutMs: 5000 },
    });
    expect(left).toEqual([4000]);
  });

  it('[concurrency-limited] beyond its concurrency is throttled, which uses up no attempt', async () => {
    const { invocations, metrics } = await simulate({
      mapping: { ...mapping, MaximumRetryAttempts: 0 },
      shards: ['a', 'b', 'c'].map((shardId) => ({ shardId, records: data(1, 1) })),
      handler: (_, { sleep }) => sleep(2000),
      function: { concurrency: 1 },
    });
    expect(invocations.filter(({ outcome }) => outcome?.kind === 'notDelivered').length).toBeGreaterThan(1);
    expect(metrics).toMatchObject({ processed: 3, dropped: 0 });
  });
});
