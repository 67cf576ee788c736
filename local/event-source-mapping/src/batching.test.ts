import { describe, expect, it } from 'vitest';
import { encodedBytes } from './event.ts';
import { inserts, scenario } from './testing/scenario.ts';

describe('a batch', () => {
  it('[batch-window-zero] goes off with a single record when there is no batching window', async () => {
    const play = await scenario({ records: inserts(1, 1) });
    await play.clock.advance(0);
    expect(play.batches()).toEqual(['1']);
  });

  it('[batch-by-size] holds at most BatchSize records', async () => {
    const play = await scenario({ records: inserts(1, 7), mapping: { BatchSize: 3 } });
    await play.clock.advance(0);
    expect(play.batches()).toEqual(['1,2,3', '4,5,6', '7']);
  });

  it('[batch-one-shard] holds records of one shard only', async () => {
    const play = await scenario({ records: inserts(1, 2) });
    play.source.open('other');
    play.source.append('other', inserts(3, 4));
    await play.clock.advance(20_000);
    expect(play.batches().toSorted()).toEqual(['1,2', '3,4']);
  });

  it('[batch-by-window] waits for the batching window when it is not full', async () => {
    const mapping = { MaximumBatchingWindowInSeconds: 5 };
    const play = await scenario({ records: inserts(1, 2), mapping });
    await play.clock.advance(3000);
    play.source.append('shard', inserts(3, 3));
    await play.clock.advance(3000);
    expect(play.batches()).toEqual(['1,2,3']);
    expect(play.timesMs()).toEqual([5000]);
  });

  it('goes off before the end of the batching window once it is full', async () => {
    const mapping = { MaximumBatchingWindowInSeconds: 60, BatchSize: 2 };
    const play = await scenario({ records: inserts(1, 4), mapping });
    await play.clock.advance(10);
    expect(play.batches()).toEqual(['1,2', '3,4']);
  });

  it('[batch-window-after-invocation] counts its window from the end of the previous invocation', async () => {
    const mapping = { MaximumBatchingWindowInSeconds: 5, BatchSize: 2 };
    const play = await scenario({ records: inserts(1, 3), mapping, durationMs: 4000 });
    await play.clock.advance(20_000);
    expect(play.batches()).toEqual(['1,2', '3']);
    expect(play.timesMs()).toEqual([0, 9000]);
  });

  it('[batch-by-payload] ends where its event would exceed the payload limit, counted in bytes of JSON', async () => {
    const records = inserts(1, 5, { payloadBytes: 1000 });
    const three = encodedBytes({ Records: records.slice(0, 3).map(({ record }) => record) });
    const exact = await scenario({ records, tuning: { payloadLimitBytes: three } });
    const tight = await scenario({ records, tuning: { payloadLimitBytes: three - 1 } });
    await exact.clock.advance(0);
    await tight.clock.advance(0);
    expect(exact.batches()).toEqual(['1,2,3', '4,5']);
    expect(tight.batches()).toEqual(['1,2', '3,4', '5']);
  });

  it('[payload-limit] stays below 6 MiB by default', async () => {
    const play = await scenario({ records: inserts(1, 8, { payloadBytes: 1_000_000 }) });
    await play.clock.advance(0);
    expect(play.batches()).toEqual(['1,2,3,4,5,6', '7,8']);
  });

  it('[payload-never-truncates] of one record that exceeds the limit by itself is still sent', async () => {
    const records = inserts(1, 2, { payloadBytes: 1000 });
    const play = await scenario({ records, tuning: { payloadLimitBytes: 100 } });
    await play.clock.advance(0);
    expect(play.batches()).toEqual(['1', '2']);
  });

  it('[one-in-flight] starts only after the previous one of its shard has returned', async () => {
    const play = await scenario({ records: inserts(1, 3), mapping: { BatchSize: 1 }, durationMs: 5000 });
    await play.clock.advance(20_000);
    expect(play.timesMs()).toEqual([0, 5000, 10_000]);
  });

  it('[window-fields-only-with-window] carries nothing but records when there is no tumbling window', async () => {
    const play = await scenario({ records: inserts(1, 1) });
    await play.clock.advance(0);
    expect(Object.keys(play.events()[0] ?? {})).toEqual(['Records']);
  });
});

describe('polling', () => {
  it('[poll-rate] of an idle DynamoDB shard takes place four times a second', async () => {
    const play = await scenario({ records: [] });
    await play.clock.advance(1000);
    let reads = 0;
    const { getRecords } = play.source;
    play.source.getRecords = (...args) => {
      reads += 1;
      return getRecords(...args);
    };
    await play.clock.advance(10_000);
    expect(reads).toBe(40);
  });

  it('[poll-behind] goes on at once while a shard is behind', async () => {
    const play = await scenario({ records: inserts(1, 3500), mapping: { BatchSize: 1000 } });
    await play.clock.advance(0);
    expect(play.run.status().metrics.processed).toBe(3500);
  });

  it('follows the interval it is given', async () => {
    const play = await scenario({ records: [], tuning: { polling: { idleMs: 100, behindMs: 0 } } });
    await play.clock.advance(1000);
    play.source.append('shard', inserts(1, 1));
    await play.clock.advance(99);
    expect(play.batches()).toEqual([]);
    await play.clock.advance(1);
    expect(play.batches()).toEqual(['1']);
  });
});
