import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { InvocationOutcome } from './invocation.ts';
import { memoryPositions } from './positions/memory-positions.ts';
import { type MemorySource, memorySource } from './sources/memory-source.ts';
import {
  failed,
  inserts,
  returned,
  type Scenario,
  STREAM_ARN,
  scenario,
  throttled,
  thrown,
} from './testing/scenario.ts';
import { virtualClock } from './virtual-clock.ts';

const START_MS = Date.UTC(2026, 0, 1);

/** A tree of shards: each has as many records as its number, and a parent among the earlier ones. */
interface Shape {
  readonly sizes: readonly number[];
  readonly parents: readonly number[];
}

const shapeArbitrary: fc.Arbitrary<Shape> = fc.record({
  sizes: fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 5 }),
  parents: fc.array(fc.nat({ max: 100 }), { minLength: 5, maxLength: 5 }),
});

const mappingArbitrary = fc.record({
  BatchSize: fc.integer({ min: 1, max: 12 }),
  MaximumRetryAttempts: fc.integer({ min: 0, max: 3 }),
  BisectBatchOnFunctionError: fc.boolean(),
  MaximumBatchingWindowInSeconds: fc.constantFrom(0, 2),
  FunctionResponseTypes: fc.constantFrom([], ['ReportBatchItemFailures' as const]),
  DestinationConfig: fc.constant({ OnFailure: { Destination: 'arn:aws:s3:::failures' } }),
});

const choicesArbitrary = fc.array(fc.nat({ max: 1000 }), { maxLength: 120 });

function build({ sizes, parents }: Shape): { source: MemorySource; parentOf: Map<string, string> } {
  const source = memorySource({ kind: 'dynamodb', arn: STREAM_ARN, pageSize: 7 });
  const parentOf = new Map<string, string>();
  sizes.forEach((size, index) => {
    const shardId = `shard-${index}`;
    const parent = index === 0 ? undefined : `shard-${(parents[index] ?? 0) % index}`;
    if (parent) parentOf.set(shardId, parent);
    source.open(shardId, parent ? [parent] : []);
    if (parent) source.close(parent);
    source.append(shardId, inserts(index * 100 + 1, index * 100 + size));
  });
  return { source, parentOf };
}

function anyAnswers(choices: readonly number[]) {
  let turn = 0;
  return (_: unknown, numbers: readonly string[]) => {
    const choice = choices[turn] ?? 0;
    turn += 1;
    if (choice % 5 === 1) return thrown;
    if (choice % 5 === 2) return failed(numbers[choice % numbers.length]);
    if (choice % 5 === 3) return throttled;
    if (choice % 5 === 4) return failed('');
    return returned(null);
  };
}

/** The records that an answer of {@link anyAnswers} completes. */
function doneBy(outcome: InvocationOutcome, numbers: readonly string[], reporting: boolean): readonly string[] {
  if (outcome.kind !== 'returned') return [];
  if (!reporting || outcome.payload === null) return numbers;
  const reported = numbers.findIndex((number) => JSON.stringify(outcome.payload).includes(`"${number}"`));
  return numbers.slice(0, Math.max(0, reported));
}

/** Sequence numbers in the order they were checkpointed, over all runs. */
function checkpointed(play: Scenario): Map<string, string[]> {
  const byShard = new Map<string, string[]>();
  for (const { shardId = '', position } of play.of('checkpoint')) {
    if (position.kind !== 'after') continue;
    byShard.set(shardId, [...(byShard.get(shardId) ?? []), position.sequenceNumber]);
  }
  return byShard;
}

function total({ sizes }: Shape): number {
  return sizes.reduce((sum, size) => sum + size, 0);
}

it('[no-record-skipped] [order-kept] every record ends once, in order, parents first', async () => {
  await fc.assert(
    fc.asyncProperty(shapeArbitrary, mappingArbitrary, choicesArbitrary, async (shape, mapping, choices) => {
      const { source, parentOf } = build(shape);
      const play = await scenario({ source, mapping, answer: anyAnswers(choices) });
      const ended = () => play.run.status().metrics.processed + play.run.status().metrics.delivered;
      await play.clock.advanceUntil(() => ended() >= total(shape), 3_600_000);
      await play.clock.advance(30_000);
      const { metrics } = play.run.status();
      await play.run.stop();
      expect(metrics.polled).toBe(total(shape));
      expect(metrics.processed + metrics.delivered).toBe(total(shape));
      for (const numbers of checkpointed(play).values()) {
        expect(numbers.map(Number)).toEqual([...new Set(numbers.map(Number))].toSorted((a, b) => a - b));
      }
      for (const [child, parent] of parentOf) {
        const started = play.activities.findIndex((one) => one.kind === 'shardStarted' && one.shardId === child);
        const finished = play.activities.findIndex((one) => one.kind === 'shardFinished' && one.shardId === parent);
        expect(finished).toBeGreaterThanOrEqual(0);
        expect(started).toBeGreaterThan(finished);
      }
    }),
    { numRuns: 150 },
  );
});

it('[position-after-success] nothing is skipped over stops, pauses and starts at any time', async () => {
  const stopsArbitrary = fc.array(fc.record({ afterMs: fc.nat({ max: 4000 }), pause: fc.boolean() }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(
      shapeArbitrary,
      mappingArbitrary,
      choicesArbitrary,
      stopsArbitrary,
      async (shape, mapping, choices, stops) => {
        const { source } = build(shape);
        const clock = virtualClock({ startMs: START_MS });
        const positions = memoryPositions();
        const answer = anyAnswers(choices);
        const ended = new Set<string>();
        const options = { source, clock, positions, mapping, durationMs: 300 };
        const begin = () =>
          scenario({
            ...options,
            answer: (event, numbers) => {
              const outcome = answer(event, numbers);
              for (const number of doneBy(outcome, numbers, mapping.FunctionResponseTypes.length > 0))
                ended.add(number);
              return outcome;
            },
            deliver: async ({ body }) => {
              for (const { dynamodb } of JSON.parse(JSON.parse(body).payload).Records)
                ended.add(dynamodb.SequenceNumber);
            },
          });
        let play = await begin();
        for (const { afterMs, pause } of stops) {
          await clock.advance(afterMs);
          if (pause) {
            const paused = play.run.pause();
            await clock.advance(1000);
            await paused;
            play.run.resume();
          } else {
            await play.run.stop();
            play = await begin();
          }
        }
        await clock.advanceUntil(() => ended.size >= total(shape), 3_600_000);
        await clock.advance(30_000);
        const { shards } = play.run.status();
        await play.run.stop();
        expect(ended.size).toBe(total(shape));
        expect(shards.every(({ buffered, inFlight }) => buffered + inFlight === 0)).toBe(true);
      },
    ),
    { numRuns: 100 },
  );
});
