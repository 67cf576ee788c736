import { describe, expect, it } from 'vitest';
import { simulateMapping } from '../simulation/simulate-mapping.ts';
import { SimulatedSource } from '../simulation/simulated-source.ts';
import { KINESIS_ARN, START_MS, STREAM_ARN } from '../testing/scenario.ts';
import { virtualClock } from '../virtual-clock.ts';

const change = (text: string) => ({ keys: { id: { S: text } }, newImage: { id: { S: text } } });
const changes = (count: number, text = 'x') => Array.from({ length: count }, () => change(text));

function streamOf(arn: string, records: Iterable<ReturnType<typeof change> | { partitionKey: string; data: string }>) {
  const clock = virtualClock({ startMs: START_MS });
  const source = new SimulatedSource({ arn, shards: [{ shardId: 'shard', records }], clock, startMs: START_MS });
  return { clock, source };
}

describe('a simulated stream', () => {
  it('[page-limits] returns 1000 records, or 1 MB, at a time from a table', async () => {
    const many = streamOf(STREAM_ARN, changes(1500)).source;
    const pageOf = async (source: SimulatedSource) =>
      source.getRecords('shard', await source.getIterator('shard', { kind: 'TRIM_HORIZON' }));
    expect((await pageOf(many)).records).toHaveLength(1000);
    // Each change takes 200 KB twice over: the keys and the image.
    const large = streamOf(STREAM_ARN, changes(10, 'x'.repeat(100_000))).source;
    expect((await pageOf(large)).records).toHaveLength(5);
    const data = Array.from({ length: 12_000 }, () => ({ partitionKey: 'any', data: '{}' }));
    expect((await pageOf(streamOf(KINESIS_ARN, data).source)).records).toHaveLength(10_000);
  });

  it.each([
    [STREAM_ARN, 15],
    [KINESIS_ARN, 5],
  ])('[iterator-lifetime] of %s hands out iterators for %i minutes', async (arn, minutes) => {
    const { clock, source } = streamOf(arn, []);
    const iterator = await source.getIterator('shard', { kind: 'TRIM_HORIZON' });
    await clock.advance(minutes * 60_000 - 1);
    expect((await source.getRecords('shard', iterator)).records).toEqual([]);
    await clock.advance(1);
    await expect(source.getRecords('shard', iterator)).rejects.toMatchObject({ name: 'ExpiredIteratorException' });
  });

  it('[shard-rollover] goes on in the one child of a shard that rolls over', async () => {
    const { invocations, positions } = await simulateMapping({
      mapping: { EventSourceArn: STREAM_ARN, FunctionName: 'orders', StartingPosition: 'TRIM_HORIZON' },
      shards: [
        { shardId: 'first', records: changes(2) },
        { shardId: 'second', parentShardIds: ['first'], records: changes(3), opensAtMs: START_MS + 60_000 },
      ],
      handler: () => null,
    });
    expect(invocations.map(({ shardId, event }) => [shardId, event.Records.length])).toEqual([
      ['first', 2],
      ['second', 3],
    ]);
    expect(positions.first).toEqual({ kind: 'finished' });
  });
});
