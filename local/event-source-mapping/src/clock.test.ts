import { describe, expect, it } from 'vitest';
import { realClock } from './clock.ts';
import { memoryPositions } from './positions/memory-positions.ts';
import { memorySource } from './sources/memory-source.ts';
import { startMapping } from './start-mapping.ts';
import { inserts, STREAM_ARN } from './testing/scenario.ts';

describe('realClock', () => {
  it('ends a sleep when its signal aborts, and does not begin one that was aborted before', async () => {
    const clock = realClock();
    const controller = new AbortController();
    const nap = clock.sleep(60_000, controller.signal);
    controller.abort();
    await nap;
    await clock.sleep(60_000, controller.signal);
    expect(clock.nowMs()).toBeLessThanOrEqual(Date.now());
  });

  it('drives the same mapping, which stops whatever its function is doing', async () => {
    const source = memorySource({ kind: 'dynamodb', arn: STREAM_ARN });
    source.open('shard');
    source.append('shard', inserts(1, 1));
    const begun = Promise.withResolvers<void>();
    const mapping = await startMapping({
      mapping: { UUID: 'u', EventSourceArn: STREAM_ARN, FunctionName: 'orders', StartingPosition: 'TRIM_HORIZON' },
      source,
      clock: realClock(),
      random: Math.random,
      positions: memoryPositions(),
      deliver: () => Promise.resolve(),
      invoke: () => {
        begun.resolve();
        return new Promise(() => {});
      },
    });
    await begun.promise;
    await mapping.stop();
    expect(mapping.status().metrics.processed).toBe(0);
  });
});
