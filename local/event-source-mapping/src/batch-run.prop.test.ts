import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BatchRun, type FailureRules } from './batch-run.ts';
import { inserts } from './testing/scenario.ts';
import type { Verdict } from './verdict.ts';

const rulesArbitrary: fc.Arbitrary<FailureRules> = fc.record({
  maximumRetryAttempts: fc.integer({ min: 0, max: 4 }),
  maximumRecordAgeMs: fc.constantFrom(Number.POSITIVE_INFINITY, 60_000),
  bisect: fc.boolean(),
  bisectWhenFirstFails: fc.boolean(),
  backoff: fc.constant({ baseMs: 500, maximumMs: 60_000 }),
  bisectResetsRecordAge: fc.boolean(),
  exhaustedPartial: fc.constantFrom('rest' as const, 'first' as const),
  consolidateDiscards: fc.boolean(),
  expiryCountsAsInvocation: fc.boolean(),
  retentionMs: fc.constant(Number.POSITIVE_INFINITY),
});

interface Taken {
  readonly fates: { readonly sequenceNumber: string; readonly processed: boolean }[];
  readonly discarded: string[];
  readonly attempts: Map<string, number>;
}

/** Drives a batch to its end with the verdicts of `decide`, on a clock that only its waits move. */
function drive(size: number, rules: FailureRules, decide: (numbers: readonly string[]) => Verdict): Taken {
  const run = new BatchRun(inserts(1, size, { arrivalMs: 0 }), rules);
  const taken: Taken = { fates: [], discarded: [], attempts: new Map() };
  let nowMs = 0;
  for (let step = run.next(nowMs); step.kind !== 'done'; step = run.next(nowMs)) {
    if (step.kind === 'wait') nowMs += step.delayMs;
    if (step.kind === 'discard') taken.discarded.push(...step.records.map(({ sequenceNumber }) => sequenceNumber));
    if (step.kind === 'checkpoint') {
      const { records, processed } = step;
      taken.fates.push(...records.map(({ sequenceNumber }) => ({ sequenceNumber, processed })));
    }
    if (step.kind !== 'invoke') continue;
    const numbers = step.records.map(({ sequenceNumber }) => sequenceNumber);
    const key = numbers.join(',');
    const verdict = decide(numbers);
    if (verdict.kind !== 'notDelivered') taken.attempts.set(key, (taken.attempts.get(key) ?? 0) + 1);
    run.settle(verdict, nowMs);
  }
  return taken;
}

/** Verdicts in any order, each possible for its batch; not reaching the function comes to an end. */
function anyVerdicts(choices: readonly number[]): (numbers: readonly string[]) => Verdict {
  let turn = 0;
  return (numbers) => {
    const choice = choices[turn] ?? 0;
    turn += 1;
    if (choice % 4 === 1) return { kind: 'failure', cause: 'functionError', message: 'thrown' };
    if (choice % 4 === 2) return { kind: 'partial', firstFailedIndex: choice % numbers.length };
    if (choice % 4 === 3) return { kind: 'notDelivered', reason: 'throttled' };
    return { kind: 'success' };
  };
}

const sizeArbitrary = fc.integer({ min: 1, max: 40 });
const choicesArbitrary = fc.array(fc.nat({ max: 1000 }), { maxLength: 200 });

it('[no-record-skipped] every record of a batch ends once, in order, processed or discarded', () => {
  fc.assert(
    fc.property(sizeArbitrary, rulesArbitrary, choicesArbitrary, (size, rules, choices) => {
      const { fates, discarded } = drive(size, rules, anyVerdicts(choices));
      expect(fates.map(({ sequenceNumber }) => Number(sequenceNumber))).toEqual(
        Array.from({ length: size }, (_, index) => index + 1),
      );
      expect(discarded).toEqual(
        fates.filter(({ processed }) => !processed).map(({ sequenceNumber }) => sequenceNumber),
      );
    }),
    { numRuns: 2000 },
  );
});

it('[attempts-within-setting] the same records are attempted at most once more than MaximumRetryAttempts', () => {
  fc.assert(
    fc.property(sizeArbitrary, rulesArbitrary, choicesArbitrary, (size, rules, choices) => {
      const { attempts } = drive(size, rules, anyVerdicts(choices));
      for (const count of attempts.values()) expect(count).toBeLessThanOrEqual(rules.maximumRetryAttempts + 1);
    }),
    { numRuns: 2000 },
  );
});

it('[bisect-isolates] every poison record is discarded alone, whatever else is in the batch', () => {
  const poisonArbitrary = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 10 });
  fc.assert(
    fc.property(sizeArbitrary, rulesArbitrary, poisonArbitrary, (size, rules, poison) => {
      const bad = new Set(poison.map(String));
      const isolating = { ...rules, bisect: true, maximumRecordAgeMs: Number.POSITIVE_INFINITY };
      const { discarded } = drive(size, isolating, (numbers) =>
        numbers.some((number) => bad.has(number))
          ? { kind: 'failure', cause: 'functionError', message: 'poison' }
          : { kind: 'success' },
      );
      const expected = poison.filter((number) => number <= size).toSorted((a, b) => a - b);
      expect(discarded).toEqual(expected.map(String));
    }),
    { numRuns: 2000 },
  );
});

it('reporting the lowest poison record isolates it as well, with bisecting on', () => {
  fc.assert(
    fc.property(sizeArbitrary, rulesArbitrary, fc.integer({ min: 1, max: 40 }), (size, rules, poison) => {
      const isolating = {
        ...{ ...rules, bisect: true, bisectWhenFirstFails: true },
        maximumRecordAgeMs: Number.POSITIVE_INFINITY,
      };
      const { discarded } = drive(size, isolating, (numbers) => {
        const firstFailedIndex = numbers.indexOf(String(poison));
        return firstFailedIndex < 0 ? { kind: 'success' } : { kind: 'partial', firstFailedIndex };
      });
      expect(discarded).toEqual(poison <= size ? [String(poison)] : []);
    }),
    { numRuns: 1000 },
  );
});
