import { describe, expect, it } from 'vitest';
import { inserts, returned, START_MS, scenario, thrown } from '../testing/scenario.ts';

const bucket = { DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::failures' } } };
const bisect = { BisectBatchOnFunctionError: true, MaximumRetryAttempts: 0, ...bucket };

describe('a failing batch', () => {
  it('[retry-blocks-shard] holds up all behind it until it is through', async () => {
    let failures = 3;
    const play = await scenario({
      records: inserts(1, 4),
      mapping: { BatchSize: 2 },
      answer: (_, numbers) => (numbers.includes('1') && failures-- > 0 ? thrown : returned(null)),
    });
    await play.clock.advance(10_000);
    expect(play.batches()).toEqual(['1,2', '1,2', '1,2', '1,2', '3,4']);
  });

  it('[bisect-at-zero-retries] is cut without any retries to use', async () => {
    const play = await scenario({
      records: inserts(1, 4),
      mapping: bisect,
      answer: (_, numbers) => (numbers.includes('3') ? thrown : returned(null)),
    });
    await play.clock.advance(1000);
    expect(play.batches()).toEqual(['1,2,3,4', '1,2', '3,4', '3', '4']);
    expect(play.deliveries.map(({ recordCount }) => recordCount)).toEqual([1]);
  });

  it.each([
    [false, 60_000],
    [true, 80_000],
  ])('[bisect-age-kept] keeps the age of its records when it is cut, unless tuned: %s', async (reset, dueMs) => {
    const play = await scenario({
      records: inserts(1, 2),
      mapping: { BisectBatchOnFunctionError: true, MaximumRecordAgeInSeconds: 60, ...bucket },
      answer: () => thrown,
      // So the cut takes place 20 s after the arrival.
      durationMs: 20_000,
      tuning: { bisectResetsRecordAge: reset, backoff: { baseMs: 100, maximumMs: 100 } },
    });
    await play.clock.advance(200_000);
    const givenUpMs = (play.of('discarded')[0]?.atMs ?? 0) - START_MS;
    expect(Math.floor(givenUpMs / 20_000) * 20_000).toBe(dueMs);
  });

  it.each([
    [false, ['1', '2', '3', '4']],
    [true, ['1-4']],
  ])('[bisect-consolidate] leaves a message for each record given up, unless tuned: %s', async (together, told) => {
    const tuning = { consolidateDiscards: together };
    const play = await scenario({ records: inserts(1, 4), mapping: bisect, answer: () => thrown, tuning });
    await play.clock.advance(10_000);
    const ranges = play.deliveries.map(({ body }) => JSON.parse(body).DDBStreamBatchInfo);
    expect(
      ranges.map(({ startSequenceNumber: start, endSequenceNumber: end }) =>
        start === end ? start : `${start}-${end}`,
      ),
    ).toEqual(told);
  });

  it('[destination-conditions] is told of as out of attempts, or as too old', async () => {
    const conditions = async (mapping: object) => {
      const play = await scenario({ records: inserts(1, 1), mapping: { ...bucket, ...mapping }, answer: () => thrown });
      await play.clock.advance(120_000);
      return play.deliveries.map(({ body }) => JSON.parse(body).requestContext.condition);
    };
    expect(await conditions({ MaximumRetryAttempts: 1 })).toEqual(['RetryAttemptsExhausted']);
    expect(await conditions({ MaximumRecordAgeInSeconds: 60 })).toEqual(['RecordAgeExceeded']);
  });

  it('[destination-none] is dropped without a word when there is no destination', async () => {
    const play = await scenario({ records: inserts(1, 2), mapping: { MaximumRetryAttempts: 0 }, answer: () => thrown });
    await play.clock.advance(1000);
    expect(play.deliveries).toEqual([]);
    expect(play.run.status().metrics).toMatchObject({ dropped: 2, delivered: 0, deliveryFailures: 0 });
    expect(play.run.status().shards[0]?.checkpoint).toBe('2');
  });
});
