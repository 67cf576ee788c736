import fc from 'fast-check';
import type { MappingEvent } from '../event.ts';
import { laneOf } from '../ordering-key.ts';
import type { SimulatedFaults } from '../simulation/faults.ts';
import type { SimulatedHandler } from '../simulation/simulated-function.ts';
import type { SimulatedShard } from '../simulation/simulated-shard.ts';
import type { SimulationOptions } from '../simulation/simulation-options.ts';

import { KINESIS_ARN, START_MS } from './scenario.ts';

/** Shards of any lineage: splits, merges and rollovers; each names its parents among the ones before it. */
const shardsArbitrary = fc
  .array(
    fc.record({
      gapsMs: fc.array(fc.constantFrom(0, 0, 0, 5, 900, 4000), { maxLength: 14 }),
      keys: fc.integer({ min: 1, max: 4 }),
      parents: fc.uniqueArray(fc.nat({ max: 20 }), { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((drawn) =>
    drawn.map(({ gapsMs, keys, parents }, index): SimulatedShard => {
      let arrivalMs = START_MS;
      const parentIds = new Set(index === 0 ? [] : parents.map((parent) => `shard-${parent % index}`));
      const records = gapsMs.map((gapMs, place) => {
        arrivalMs += gapMs;
        const number = index * 100 + place + 1;
        return { partitionKey: `key-${number % keys}`, data: String(number), arrivalMs };
      });
      return { shardId: `shard-${index}`, parentShardIds: [...parentIds], records };
    }),
  );

const mappingArbitrary = fc
  .record({
    BatchSize: fc.integer({ min: 1, max: 8 }),
    MaximumBatchingWindowInSeconds: fc.constantFrom(0, 0, 3),
    ParallelizationFactor: fc.constantFrom(1, 1, 2, 4, 10),
    MaximumRetryAttempts: fc.integer({ min: 0, max: 3 }),
    MaximumRecordAgeInSeconds: fc.constantFrom(-1, -1, 60),
    BisectBatchOnFunctionError: fc.boolean(),
    TumblingWindowInSeconds: fc.constantFrom(0, 0, 5),
    FunctionResponseTypes: fc.constantFrom([], ['ReportBatchItemFailures' as const]),
    FilterCriteria: fc.constantFrom({ Filters: [] }, { Filters: [{ Pattern: '{"partitionKey":["key-0","key-1"]}' }] }),
    DestinationConfig: fc.constantFrom(
      { OnFailure: {} },
      { OnFailure: { Destination: 'arn:aws:s3:::failures' } },
      { OnFailure: { Destination: 'arn:aws:sqs:eu-west-1:000000000000:failures' } },
    ),
  })
  .map((settings) => ({
    ...{ EventSourceArn: KINESIS_ARN, FunctionName: 'orders', StartingPosition: 'TRIM_HORIZON' as const },
    ...settings,
    ParallelizationFactor: settings.TumblingWindowInSeconds > 0 ? 1 : settings.ParallelizationFactor,
  }));

const chance = fc.constantFrom(0, 0, 0, 0.2);
export const faultsArbitrary: fc.Arbitrary<SimulatedFaults> = fc.record({
  throttledReads: chance,
  failedReads: chance,
  expiredIterators: chance,
  failedListings: chance,
  throttledInvocations: chance,
  errorsBefore: chance,
  errorsAfter: chance,
  failedDeliveries: chance,
  failedSaves: chance,
});

/** A case: everything but the function, which is made of `poison` and `moods`. */
export const caseArbitrary = fc.record({
  mapping: mappingArbitrary,
  shards: shardsArbitrary,
  seed: fc.nat(),
  poison: fc.uniqueArray(fc.nat({ max: 400 }), { maxLength: 6 }),
  moods: fc.array(fc.nat({ max: 9 }), { maxLength: 40 }),
});
export type Case = typeof caseArbitrary extends fc.Arbitrary<infer Drawn> ? Drawn : never;

export function numbersOf({ Records }: MappingEvent): number[] {
  return Records.map((record) => ('kinesis' in record ? Number(atob(record.kinesis.data)) : 0));
}

/** Fails on poison every time, and otherwise by its moods, each once: throws, reports, or answers nonsense. */
export function moodyHandler({ poison, moods }: Case): SimulatedHandler {
  let turn = 0;
  const bad = new Set(poison);
  return async (event, { sleep }) => {
    const numbers = numbersOf(event);
    const mood = moods[turn] ?? 0;
    turn += 1;
    if (mood > 6) await sleep(mood === 9 ? 4000 : 700);
    if (mood === 1 || numbers.some((number) => bad.has(number))) throw new Error('The function failed.');
    const state = { count: Number(event.state?.count ?? 0) + numbers.length };
    if (mood === 2 || mood === 3) return { state, batchItemFailures: [{ itemIdentifier: identifierAt(event, mood) }] };
    if (mood === 4) return { state, batchItemFailures: [{ itemIdentifier: '' }] };
    return { state, batchItemFailures: [] };
  };
}

function identifierAt({ Records }: MappingEvent, mood: number): string | undefined {
  const record = Records[Math.floor(Records.length / mood)];
  return record && 'kinesis' in record ? record.kinesis.sequenceNumber : undefined;
}

export function optionsOf(drawn: Case, faults: SimulatedFaults): SimulationOptions {
  const { mapping, shards, seed } = drawn;
  // A case that does not settle is a failure, and one worth waiting only so long for.
  return { mapping, shards, seed, handler: moodyHandler(drawn), faults, limitMs: 3 * 3_600_000 };
}

/** What is kept in order with this record: its whole shard, or its lane. */
export function orderOf(event: MappingEvent, index: number, { mapping }: Case): string {
  const record = event.Records[index];
  if (!record || !('kinesis' in record)) return '';
  const [shardId = ''] = record.eventID.split(':');
  const { ParallelizationFactor: lanes } = mapping;
  return lanes === 1 ? shardId : `${shardId}/${laneOf(record.kinesis.partitionKey, lanes)}`;
}
