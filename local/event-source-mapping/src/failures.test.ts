import { describe, expect, it } from 'vitest';
import { failed, inserts, returned, START_MS, scenario, throttled, thrown } from './testing/scenario.ts';

const REPORT = { FunctionResponseTypes: ['ReportBatchItemFailures'] } as const;
const BUCKET = { DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::failures' } } };

describe('retries', () => {
  it('[retry-same-records] repeat the same records in the same order until they succeed', async () => {
    let invocations = 0;
    const play = await scenario({
      records: inserts(1, 3),
      answer: () => (++invocations < 4 ? thrown : returned(null)),
    });
    await play.clock.advance(10_000);
    expect(play.batches()).toEqual(['1,2,3', '1,2,3', '1,2,3', '1,2,3']);
    expect(play.run.status().metrics).toMatchObject({ invoked: 12, failed: 9, processed: 3 });
  });

  it('[retry-backoff] come after delays that double from half a second', async () => {
    const play = await scenario({ records: inserts(1, 1), answer: () => thrown });
    await play.clock.advance(20_000);
    expect(play.timesMs()).toEqual([0, 500, 1500, 3500, 7500, 15_500]);
  });

  it('come after delays that stop growing at the configured maximum', async () => {
    const backoff = { baseMs: 100, maximumMs: 300 };
    const play = await scenario({ records: inserts(1, 1), answer: () => thrown, tuning: { backoff } });
    await play.clock.advance(1000);
    expect(play.timesMs()).toEqual([0, 100, 300, 600, 900]);
  });

  it('[retry-endless] have no end by default', async () => {
    const play = await scenario({ records: inserts(1, 1), answer: () => thrown });
    await play.clock.advance(24 * 3_600_000);
    expect(play.batches().length).toBeGreaterThan(1440);
    expect(play.run.status().metrics).toMatchObject({ processed: 0, dropped: 0, delivered: 0 });
  });

  it.each([
    0, 1, 2, 3,
  ])('[retry-count] with MaximumRetryAttempts %i make one invocation more than that', async (attempts) => {
    const mapping = { MaximumRetryAttempts: attempts };
    const play = await scenario({ records: inserts(1, 2), answer: () => thrown, mapping });
    await play.clock.advance(60_000);
    expect(play.batches()).toEqual(Array.from({ length: attempts + 1 }, () => '1,2'));
    expect(play.run.status().metrics).toMatchObject({ dropped: 2, processed: 0 });
  });

  it('[retry-exhausted] once exhausted give up the batch and go on with the next one', async () => {
    const play = await scenario({
      records: inserts(1, 4),
      answer: (_, numbers) => (numbers.includes('1') ? thrown : returned(null)),
      mapping: { MaximumRetryAttempts: 0, BatchSize: 2 },
    });
    await play.clock.advance(10);
    expect(play.batches()).toEqual(['1,2', '3,4']);
    expect(play.run.status().shards[0]?.checkpoint).toBe('4');
  });

  it('[not-delivered-not-counted] are not used up by attempts that do not reach the function', async () => {
    let invocations = 0;
    const play = await scenario({
      records: inserts(1, 1),
      answer: () => (++invocations <= 5 ? throttled : thrown),
      mapping: { MaximumRetryAttempts: 1, ...BUCKET },
    });
    await play.clock.advance(300_000);
    expect(play.batches()).toHaveLength(7);
    expect(JSON.parse(play.deliveries[0]?.body ?? '').requestContext.approximateInvokeCount).toBe(2);
  });

  it('follow an invocation port that throws, without counting it', async () => {
    let invocations = 0;
    const play = await scenario({
      records: inserts(1, 1),
      mapping: { MaximumRetryAttempts: 0 },
      answer: () => {
        invocations += 1;
        if (invocations === 1) throw new Error('the worker could not be started');
        return returned(null);
      },
    });
    await play.clock.advance(1000);
    expect(play.run.status().metrics).toMatchObject({ processed: 1, dropped: 0 });
  });
});

describe('bisecting', () => {
  const bisect = { BisectBatchOnFunctionError: true };
  const poison = (bad: string) => (_: unknown, numbers: readonly string[]) =>
    numbers.includes(bad) ? thrown : returned(null);

  it('[bisect-order] cuts at half, rounded down, and takes the first half to its end before the second', async () => {
    const mapping = { ...bisect, MaximumRetryAttempts: 0 };
    const play = await scenario({ records: inserts(1, 5), answer: poison('2'), mapping });
    await play.clock.advance(10);
    expect(play.batches()).toEqual(['1,2,3,4,5', '1,2', '1', '2', '3,4,5']);
    expect(play.run.status().metrics).toMatchObject({ processed: 4, dropped: 1 });
  });

  it('[bisect-not-counted] uses up no attempt: the single record left has all of its own', async () => {
    const mapping = { ...bisect, MaximumRetryAttempts: 2 };
    const play = await scenario({ records: inserts(1, 2), answer: poison('1'), mapping });
    await play.clock.advance(60_000);
    expect(play.batches()).toEqual(['1,2', '1', '1', '1', '2']);
  });

  it('[bisect-batch-size-kept] leaves the size of later batches alone', async () => {
    const mapping = { ...bisect, MaximumRetryAttempts: 0, BatchSize: 4 };
    const play = await scenario({ records: inserts(1, 8), answer: poison('1'), mapping });
    await play.clock.advance(10);
    expect(play.batches().at(-1)).toBe('5,6,7,8');
  });

  it('does not take place when the function was not reached', async () => {
    let invocations = 0;
    const answer = () => (++invocations === 1 ? throttled : returned(null));
    const play = await scenario({ records: inserts(1, 4), answer, mapping: bisect });
    await play.clock.advance(1000);
    expect(play.batches()).toEqual(['1,2,3,4', '1,2,3,4']);
  });

  it('[bisect-with-partial] gives way to the cut of a partial response', async () => {
    const mapping = { ...bisect, ...REPORT };
    const answer = (_: unknown, numbers: readonly string[]) => (numbers.length === 4 ? failed('4') : returned(null));
    const play = await scenario({ records: inserts(1, 4), answer, mapping });
    await play.clock.advance(1000);
    expect(play.batches()).toEqual(['1,2,3,4', '4']);
  });

  it('[bisect-malformed] answers a malformed partial response', async () => {
    const answer = (_: unknown, numbers: readonly string[]) => (numbers.length > 1 ? failed('') : returned(null));
    const play = await scenario({ records: inserts(1, 2), answer, mapping: { ...bisect, ...REPORT } });
    await play.clock.advance(10);
    expect(play.batches()).toEqual(['1,2', '1', '2']);
  });

  it.each([
    { bisectWhenFirstFails: true, batches: ['1,2', '1', '2'] },
    { bisectWhenFirstFails: false, batches: ['1,2', '1,2'] },
  ])('[bisect-first-fails] answers a report of the first record as tuned: $bisectWhenFirstFails', async ({
    batches,
    ...tuning
  }) => {
    let invocations = 0;
    const answer = () => (++invocations === 1 ? failed('1') : returned(null));
    const play = await scenario({ records: inserts(1, 2), answer, mapping: { ...bisect, ...REPORT }, tuning });
    await play.clock.advance(1000);
    expect(play.batches()).toEqual(batches);
  });
});

describe('record age', () => {
  const aged = { MaximumRecordAgeInSeconds: 60, ...BUCKET };

  it('[age-before-first-attempt] [age-prefix-only] keeps only what is too old from ever being sent', async () => {
    const records = [...inserts(1, 1, { arrivalMs: START_MS - 60_000 }), ...inserts(2, 6)];
    const play = await scenario({ records, mapping: aged });
    await play.clock.advance(10);
    expect(play.batches()).toEqual(['2,3,4,5,6']);
    expect(play.deliveries.map(({ recordCount }) => recordCount)).toEqual([1]);
  });

  it('[age-from-arrival] [age-no-response-context] [age-invoke-count] ends retries', async () => {
    const play = await scenario({ records: inserts(1, 1), answer: () => thrown, mapping: aged });
    await play.clock.advance(120_000);
    expect(play.batches()).toHaveLength(7);
    const document = JSON.parse(play.deliveries[0]?.body ?? '');
    expect(document.requestContext).toMatchObject({ condition: 'RecordAgeExceeded', approximateInvokeCount: 8 });
    expect(document).not.toHaveProperty('responseContext');
  });

  it('[age-one-document] puts consecutive records that are too old into one document', async () => {
    const play = await scenario({ records: inserts(1, 3, { arrivalMs: START_MS - 90_000 }), mapping: aged });
    await play.clock.advance(10);
    expect(play.batches()).toEqual([]);
    expect(play.deliveries.map(({ recordCount }) => recordCount)).toEqual([3]);
    expect(play.run.status().shards[0]?.checkpoint).toBe('3');
  });
});

describe('partial responses', () => {
  it('[partial-lowest] repeat the batch from the lowest record reported, with later ones', async () => {
    let invocations = 0;
    const answer = () => (++invocations === 1 ? failed('9', '8', '10') : returned(null));
    const play = await scenario({ records: inserts(7, 11), answer, mapping: REPORT });
    await play.clock.advance(10);
    expect(play.batches()).toEqual(['7,8,9,10,11', '8,9,10,11']);
  });

  it('[partial-checkpoint] checkpoint what comes before that record at once', async () => {
    const answer = (_: unknown, numbers: readonly string[]) => (numbers.includes('3') ? failed('3') : returned(null));
    const play = await scenario({ records: inserts(1, 4), answer, mapping: REPORT });
    await play.clock.advance(10);
    expect(play.run.status().shards[0]?.checkpoint).toBe('2');
  });

  it('[partial-not-topped-up] are not topped up with new records', async () => {
    let invocations = 0;
    const answer = () => (++invocations === 1 ? failed('3') : returned(null));
    const play = await scenario({ records: inserts(1, 6), answer, mapping: { ...REPORT, BatchSize: 3 } });
    await play.clock.advance(10);
    expect(play.batches()).toEqual(['1,2,3', '3', '4,5,6']);
  });

  it('[partial-progress-resets] that make progress start the attempts over', async () => {
    const answer = (_: unknown, numbers: readonly string[]) => (numbers.includes('5') ? failed('5') : returned(null));
    const mapping = { ...REPORT, ...BUCKET, BatchSize: 3, MaximumRetryAttempts: 3 };
    const play = await scenario({ records: inserts(3, 5), answer, mapping });
    await play.clock.advance(60_000);
    expect(play.batches()).toEqual(['3,4,5', '5', '5', '5', '5']);
    const document = JSON.parse(play.deliveries[0]?.body ?? '');
    expect(document.requestContext.approximateInvokeCount).toBe(4);
    expect(document.DDBStreamBatchInfo.batchSize).toBe(1);
  });

  it('[partial-suffix-discarded] without progress use up attempts, and then the whole rest is given up', async () => {
    const mapping = { ...REPORT, ...BUCKET, MaximumRetryAttempts: 1 };
    const play = await scenario({ records: inserts(1, 3), answer: () => failed('1'), mapping });
    await play.clock.advance(60_000);
    expect(play.batches()).toEqual(['1,2,3', '1,2,3']);
    expect(play.deliveries.map(({ recordCount }) => recordCount)).toEqual([3]);
  });

  it('[partial-ignored-unless-set] are ignored without ReportBatchItemFailures', async () => {
    const play = await scenario({ records: inserts(1, 3), answer: () => failed('2') });
    await play.clock.advance(60_000);
    expect(play.batches()).toEqual(['1,2,3']);
    expect(play.run.status().metrics.processed).toBe(3);
  });
});
