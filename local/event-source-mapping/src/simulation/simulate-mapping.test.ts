import { describe, expect, it } from 'vitest';
import type { MappingEvent } from '../event.ts';
import type { ObservedActivity } from '../observer.ts';
import { KINESIS_ARN, START_MS, STREAM_ARN } from '../testing/scenario.ts';
import { simulateMapping } from './simulate-mapping.ts';
import type { SimulatedShard, StreamedData } from './simulated-shard.ts';
import type { SimulationOptions } from './simulation-options.ts';

const mapping = { EventSourceArn: KINESIS_ARN, FunctionName: 'orders', StartingPosition: 'TRIM_HORIZON' } as const;

function data(first: number, last: number, arrivalMs = START_MS): StreamedData[] {
  return Array.from({ length: last - first + 1 }, (_, index) => {
    return { partitionKey: `key-${index % 3}`, data: String(first + index), arrivalMs };
  });
}

function texts({ Records }: MappingEvent): string {
  return Records.map((record) => ('kinesis' in record ? atob(record.kinesis.data) : '')).join(' ');
}

function simulate(options: Partial<SimulationOptions> & { shards: readonly SimulatedShard[] }) {
  return simulateMapping({ mapping, handler: () => null, ...options });
}

async function batches(options: Parameters<typeof simulate>[0]): Promise<string[]> {
  return (await simulate(options)).invocations.map(({ event }) => texts(event));
}

describe('a simulation', () => {
  it('tells every invocation with its event and time, every retry, every document, positions and metrics', async () => {
    const transcript = await simulate({
      mapping: {
        ...mapping,
        MaximumRetryAttempts: 1,
        DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:eu-west-1:000000000000:failures' } },
      },
      shards: [{ shardId: 'a', records: data(1, 2) }],
      handler: () => {
        throw new TypeError('no');
      },
    });
    const { invocations, retries, documents, positions, metrics, ended } = transcript;
    expect(ended).toBe('settled');
    expect(invocations.map(({ event, startedMs }) => [texts(event), startedMs - START_MS])).toEqual([
      ['1 2', 0],
      ['1 2', 500],
    ]);
    expect(invocations[0]).toMatchObject({
      shardId: 'a',
      attempt: 1,
      outcome: { kind: 'functionError', error: { errorType: 'TypeError', errorMessage: 'no' } },
    });
    expect(retries).toMatchObject([{ delayMs: 500, attempts: 1 }]);
    expect(documents).toMatchObject([{ kind: 'sqs', recordCount: 2 }]);
    expect(Object.keys(positions)).toEqual(['a']);
    expect(metrics).toMatchObject({ polled: 2, invoked: 4, failed: 4, delivered: 2 });
  });

  it('[virtual-time-pure] is a pure function of its options', async () => {
    const options = {
      mapping: { ...mapping, ParallelizationFactor: 3, BisectBatchOnFunctionError: true, MaximumRetryAttempts: 2 },
      shards: [
        { shardId: 'a', records: data(1, 40) },
        { shardId: 'b', parentShardIds: ['a'], records: data(41, 60) },
      ],
      faults: { errorsBefore: 0.3, failedReads: 0.2, timed: [{ atMs: START_MS + 700, kind: 'restart' as const }] },
    };
    expect(await simulate({ ...options, seed: 5 })).toEqual(await simulate({ ...options, seed: 5 }));
    expect(await simulate({ ...options, seed: 5 })).not.toEqual(await simulate({ ...options, seed: 6 }));
  });

  it('with an observer keeps nothing and tells it every step', async () => {
    const seen: ObservedActivity[] = [];
    const options = { mapping, shards: [{ shardId: 'a', records: data(1, 2) }], handler: () => null };
    const end = await simulateMapping(options, (activity) => seen.push(activity));
    expect(end).not.toHaveProperty('activities');
    expect(seen).toEqual((await simulateMapping(options)).activities);
  });

  it('hands over records when they have arrived', async () => {
    const records = [...data(1, 1), ...data(2, 2, START_MS + 60_000)];
    const { invocations } = await simulate({ shards: [{ shardId: 'a', records }] });
    const seconds = invocations.map(({ startedMs }) => Math.floor((startedMs - START_MS) / 1000));
    expect(seconds).toEqual([0, 60]);
  });

  it('[shard-split] [shard-merge] [shard-rollover] follows shards that split, merge and roll over', async () => {
    const shards = [
      { shardId: 'a', records: data(1, 1) },
      { shardId: 'b', parentShardIds: ['a'], records: data(2, 2) },
      { shardId: 'c', parentShardIds: ['a'], records: data(3, 3) },
      { shardId: 'd', parentShardIds: ['b', 'c'], records: data(4, 4) },
      { shardId: 'e', parentShardIds: ['d'], records: data(5, 5), opensAtMs: START_MS + 60_000 },
    ];
    const { invocations, positions } = await simulate({ shards });
    expect(invocations.map(({ event }) => texts(event))).toEqual(['1', '2', '3', '4', '5']);
    expect(invocations.at(-1)?.startedMs).toBeGreaterThanOrEqual(START_MS + 60_000);
    expect(positions.d).toEqual({ kind: 'finished' });
  });

  it('gives the function a copy: what it does to its event is not seen again', async () => {
    let attempts = 0;
    const { invocations } = await simulate({
      shards: [{ shardId: 'a', records: data(1, 2) }],
      handler: (event) => {
        Object.assign(event.Records[0] ?? {}, { eventID: 'changed', kinesis: {} });
        attempts += 1;
        if (attempts === 1) throw new Error('again');
      },
    });
    expect(invocations[1]?.event).toEqual(invocations[0]?.event);
    expect(invocations.map(({ event }) => texts(event))).toEqual(['1 2', '1 2']);
  });

  it('[retry-until-expiry] ends by itself: what fails for ever leaves the stream after its retention', async () => {
    const { ended, metrics, endedMs } = await simulate({
      shards: [{ shardId: 'a', records: data(1, 3) }],
      handler: () => {
        throw new Error('always');
      },
    });
    expect(ended).toBe('settled');
    expect(metrics).toMatchObject({ processed: 0, dropped: 0, delivered: 0, expired: 3 });
    expect(endedMs - START_MS).toBeGreaterThanOrEqual(24 * 3_600_000);
  });

  it('refuses changes of a table in a Kinesis stream', async () => {
    const records = [{ keys: { id: { S: 'a' } }, newImage: { id: { S: 'a' } } }];
    await expect(simulate({ shards: [{ shardId: 'a', records }] })).rejects.toThrow('has partitionKey and data');
  });
});

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

  it('[iterator-lifetime] lets iterators expire during a long invocation; reading goes on after the last record', async () => {
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

  it('is read on from the positions after a restart, and not before a mapping that is disabled is enabled', async () => {
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
