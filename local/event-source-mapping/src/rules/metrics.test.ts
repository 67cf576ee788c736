import { describe, expect, it } from 'vitest';
import { failed, inserts, returned, type ScenarioOptions, START_MS, scenario, thrown } from '../testing/scenario.ts';

const bucket = { DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::failures' } } };
const filters = {
  FilterCriteria: { Filters: [{ Pattern: '{"dynamodb":{"Keys":{"id":{"S":[{"anything-but":["2","5"]}]}}}}' }] },
};

async function metricsOf(options: ScenarioOptions) {
  const play = await scenario(options);
  await play.clock.advance(60_000);
  return play.run.status().metrics;
}

describe('the metrics of a mapping', () => {
  it('[metric-polled] count the records read, and nothing for empty reads', async () => {
    expect(await metricsOf({ records: [] })).toMatchObject({ polled: 0 });
    expect(await metricsOf({ records: inserts(1, 5) })).toMatchObject({ polled: 5 });
  });

  it('[metric-filtered] count the records that no filter lets pass', async () => {
    expect(await metricsOf({ records: inserts(1, 5), mapping: filters })).toMatchObject({ polled: 5, filteredOut: 2 });
  });

  it('[metric-invoked] count a record again with every attempt', async () => {
    let invocations = 0;
    const answer = () => (++invocations < 3 ? thrown : returned(null));
    expect(await metricsOf({ records: inserts(1, 2), answer })).toMatchObject({ invoked: 6, processed: 2 });
  });

  it('[metric-failed] count the records of attempts that failed, or reported failures', async () => {
    let invocations = 0;
    const answer = () => [thrown, failed('2'), returned(null)][invocations++] ?? returned(null);
    const mapping = { FunctionResponseTypes: ['ReportBatchItemFailures'] } as const;
    expect(await metricsOf({ records: inserts(1, 3), answer, mapping })).toMatchObject({ failed: 6, processed: 3 });
  });

  it('[metric-dropped] count what was given up without a copy', async () => {
    const giveUp = { records: inserts(1, 3), answer: () => thrown };
    expect(await metricsOf({ ...giveUp, mapping: { MaximumRetryAttempts: 0 } })).toMatchObject({ dropped: 3 });
    expect(await metricsOf({ ...giveUp, mapping: { MaximumRetryAttempts: 0, ...bucket } })).toMatchObject({
      ...{ dropped: 0, delivered: 3 },
    });
  });

  it('[metric-delivery-failures] count a failed delivery, and its records as dropped', async () => {
    const metrics = await metricsOf({
      records: inserts(1, 3),
      answer: () => thrown,
      mapping: { MaximumRetryAttempts: 0, ...bucket },
      deliver: () => Promise.reject(new Error('no such bucket')),
    });
    expect(metrics).toMatchObject({ deliveryFailures: 1, dropped: 3, delivered: 0 });
  });

  it.each([
    ['sent', 4000],
    ['ended', 7000],
  ] as const)('[metric-iterator-age] take the age of the last record when the batch is %s', async (at, ageMs) => {
    const records = [
      ...inserts(1, 1, { arrivalMs: START_MS - 9000 }),
      ...inserts(2, 2, { arrivalMs: START_MS - 4000 }),
    ];
    const play = await scenario({ records, durationMs: 3000, tuning: { iteratorAgeAt: at } });
    await play.clock.advance(5000);
    expect(play.run.status().iteratorAgeMs).toBe(ageMs);
  });

  it('[metric-balance] account for every record read', async () => {
    const { polled, filteredOut, processed, dropped, delivered } = await metricsOf({
      records: inserts(1, 20),
      mapping: { ...filters, ...bucket, BatchSize: 3, MaximumRetryAttempts: 0, BisectBatchOnFunctionError: true },
      answer: (_, numbers) => (numbers.some((number) => Number(number) % 7 === 0) ? thrown : returned(null)),
    });
    expect([polled, filteredOut, delivered, dropped]).toEqual([20, 2, 2, 0]);
    expect(polled).toBe(filteredOut + processed + dropped + delivered);
  });
});
