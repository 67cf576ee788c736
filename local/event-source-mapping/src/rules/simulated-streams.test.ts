import { describe, expect, it } from 'vitest';
import { SimulatedSource } from '../simulation/simulated-source.ts';
import { KINESIS_ARN, START_MS, STREAM_ARN } from '../testing/scenario.ts';
import { virtualClock } from '../virtual-clock.ts';

describe('a simulated stream', () => {
  it.each([
    [STREAM_ARN, 15],
    [KINESIS_ARN, 5],
  ])('[iterator-lifetime] of %s hands out iterators for %i minutes', async (arn, minutes) => {
    const clock = virtualClock({ startMs: START_MS });
    const shards = [{ shardId: 'shard', records: [] }];
    const source = new SimulatedSource({ arn, shards, clock, startMs: START_MS, broken: () => {} });
    const iterator = await source.getIterator('shard', { kind: 'TRIM_HORIZON' });
    await clock.advance(minutes * 60_000 - 1);
    expect((await source.getRecords('shard', iterator)).records).toEqual([]);
    await clock.advance(1);
    await expect(source.getRecords('shard', iterator)).rejects.toMatchObject({ name: 'ExpiredIteratorException' });
  });
});
