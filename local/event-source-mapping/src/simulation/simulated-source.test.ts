import { describe, expect, it } from 'vitest';
import { KINESIS_ARN, START_MS, STREAM_ARN } from '../testing/scenario.ts';
import { data, mapping, simulate, texts } from '../testing/simulate.ts';

async function batches(options: Parameters<typeof simulate>[0]): Promise<string[]> {
  return (await simulate(options)).invocations.map(({ event }) => texts(event));
}

describe('the stream', () => {
  it.each([
    ['kinesis', KINESIS_ARN, 25_000, [10_000, 10_000, 5000]],
    ['dynamodb', STREAM_ARN, 2500, [1000, 1000, 500]],
  ] as const)('[page-limits] of %s hands over so many records at once', async (kind, EventSourceArn, count, pages) => {
    const records =
      kind === 'kinesis'
        ? data(1, count)
        : Array.from({ length: count }, (_, id) => ({
            keys: { id: { N: `${id}` } },
            newImage: { id: { N: `${id}` } },
          }));
    const { activities } = await simulate({
      mapping: { ...mapping, EventSourceArn, BatchSize: 10_000 },
      shards: [{ shardId: 'a', records }],
    });
    expect(activities.flatMap((one) => (one.kind === 'polled' ? [one.recordCount] : []))).toEqual(pages);
  });

  it('[page-limits] hands over 1 MB of a table at once, and never half a record', async () => {
    const item = (id: number) => ({ id: { N: `${id}` }, text: { S: 'x'.repeat(400_000) } });
    const records = [1, 2, 3, 4, 5].map((id) => ({ keys: { id: { N: `${id}` } }, newImage: item(id) }));
    const { activities } = await simulate({
      mapping: { ...mapping, EventSourceArn: STREAM_ARN },
      shards: [{ shardId: 'a', records }],
    });
    expect(activities.flatMap((one) => (one.kind === 'polled' ? [one.recordCount] : []))).toEqual([2, 2, 1]);
  });

  it('[iterator-lifetime] ends during a long invocation; reading goes on after the last record', async () => {
    const records = [...data(1, 2), ...data(3, 4, START_MS + 1000)];
    const options = {
      shards: [{ shardId: 'a', records }],
      handler: (_: unknown, { sleep }: { sleep(ms: number): Promise<void> }) => sleep(6 * 60_000),
      function: { timeoutMs: 900_000 },
    };
    expect(await batches(options)).toEqual(['1 2', '3 4']);
  });

  it('[trimmed-data] that was trimmed unread is gone: reported as a gap, and read from what is left', async () => {
    const records = [...data(1, 2), ...data(3, 8, START_MS + 500)];
    const { invocations, metrics } = await simulate({
      shards: [{ shardId: 'a', records }],
      faults: { timed: [{ atMs: START_MS + 600, kind: 'trim', shardId: 'a', count: 5 }] },
    });
    expect(invocations.map(({ event }) => texts(event))).toEqual(['1 2', '6 7 8']);
    expect(metrics.gaps).toBe(1);
  });

  it.each([
    { throttledReads: 0.5 },
    { failedReads: 0.5 },
    { expiredIterators: 0.5 },
    { failedListings: 0.5 },
    { failedSaves: 0.5 },
    { throttledInvocations: 0.5 },
    { errorsBefore: 0.5 },
  ])('survives %j without losing or repeating a record', async (faults) => {
    const done: string[] = [];
    const { metrics } = await simulate({
      mapping: { ...mapping, BatchSize: 2 },
      shards: [
        { shardId: 'a', records: data(1, 10) },
        { shardId: 'b', parentShardIds: ['a'], records: data(11, 20) },
      ],
      handler: (event) => void done.push(...texts(event).split(' ')),
      faults,
    });
    expect(done).toEqual(Array.from({ length: 20 }, (_, index) => String(index + 1)));
    expect(metrics).toMatchObject({ processed: 20, gaps: 0 });
  });

  it('is read on from the positions after a restart, and by no mapping that is disabled', async () => {
    const at = (second: number) => START_MS + second * 1000;
    const records = [...data(1, 1), ...data(2, 2, at(10)), ...data(3, 3, at(30))];
    const { invocations } = await simulate({
      shards: [{ shardId: 'a', records }],
      faults: {
        timed: [
          { atMs: at(5), kind: 'restart' },
          { atMs: at(8), kind: 'disable' },
          { atMs: at(20), kind: 'enable' },
        ],
      },
    });
    const secondOf = (startedMs: number) => Math.floor((startedMs - START_MS) / 1000);
    expect(invocations.map(({ event, startedMs }) => [texts(event), secondOf(startedMs)])).toEqual([
      ['1', 0],
      ['2', 20],
      ['3', 30],
    ]);
  });
});
