import { describe, expect, it } from 'vitest';
import type { ObservedActivity } from '../observer.ts';
import { START_MS } from '../testing/scenario.ts';
import { data, mapping, simulate, texts } from '../testing/simulate.ts';
import { simulateMapping } from './simulate-mapping.ts';

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
