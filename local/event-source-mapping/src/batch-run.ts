import type { SourceRecord } from './source.ts';
import type { Verdict } from './verdict.ts';

export interface FailureRules {
  /** Infinity for no limit. */
  readonly maximumRetryAttempts: number;
  /** Infinity for no limit. */
  readonly maximumRecordAgeMs: number;
  readonly bisect: boolean;
  /** Whether a partial response that names the first record halves the batch, or only repeats it. */
  readonly bisectWhenFirstFails: boolean;
  readonly backoff: { readonly baseMs: number; readonly maximumMs: number };
}

export type DiscardCondition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded';

/** What has to happen next; each is to be carried out before the next one is asked for. */
export type BatchStep =
  | { readonly kind: 'invoke'; readonly records: readonly SourceRecord[]; readonly attempt: number }
  | { readonly kind: 'wait'; readonly delayMs: number; readonly attempts: number; readonly reason: string }
  | { readonly kind: 'split'; readonly firstCount: number; readonly secondCount: number }
  | {
      readonly kind: 'discard';
      readonly records: readonly SourceRecord[];
      readonly condition: DiscardCondition;
      readonly invokeCount: number;
      /** Of the last attempt; absent when the records are too old. */
      readonly failureCause?: 'functionError' | 'response';
    }
  /** These records are dealt with, and so is everything before them. */
  | { readonly kind: 'checkpoint'; readonly records: readonly SourceRecord[]; readonly processed: boolean }
  | { readonly kind: 'done' };

interface Part {
  records: readonly SourceRecord[];
  attempts: number;
  /** Consecutive failures, for the backoff: those that did not reach the function count here, unlike in `attempts`. */
  failures: number;
}

/**
 * Takes one batch to its end: attempts, retries, bisecting, partial progress, giving up. It decides and remembers, and
 * does nothing itself: no clock, no invocation, no wait. Whoever drives it asks for the next step, carries it out, and
 * settles every `invoke` with its verdict.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export class BatchRun {
  readonly #rules: FailureRules;
  /** Parts of the batch still to do, the next one last. */
  readonly #parts: Part[];
  readonly #due: BatchStep[] = [];

  constructor(records: readonly SourceRecord[], rules: FailureRules) {
    this.#rules = rules;
    this.#parts = records.length > 0 ? [{ records, attempts: 0, failures: 0 }] : [];
  }

  next(nowMs: number): BatchStep {
    const due = this.#due.shift();
    if (due) return due;
    const part = this.#parts.at(-1);
    if (!part) return { kind: 'done' };
    const expired = this.#expiredCount(part, nowMs);
    if (expired > 0) return this.#expire(part, expired);
    return { kind: 'invoke', records: part.records, attempt: part.attempts + 1 };
  }

  settle(verdict: Verdict): void {
    const part = this.#parts.at(-1);
    if (!part) throw new Error('A batch that is done cannot be settled.');
    if (verdict.kind === 'notDelivered') this.#backOff(part, verdict.reason);
    else {
      part.attempts += 1;
      if (verdict.kind === 'success') this.#finish(part, true);
      else if (verdict.kind === 'partial' && verdict.firstFailedIndex > 0) {
        this.#keepRest(part, verdict.firstFailedIndex);
      } else this.#fail(part, verdict);
    }
  }

  /** A failed attempt without progress. */
  #fail(part: Part, verdict: Exclude<Verdict, { kind: 'success' | 'notDelivered' }>): void {
    const halving = verdict.kind === 'failure' || this.#rules.bisectWhenFirstFails;
    if (this.#rules.bisect && halving && part.records.length > 1) this.#split(part);
    else if (part.attempts > this.#rules.maximumRetryAttempts) {
      this.#giveUp(part, verdict.kind === 'failure' ? verdict.cause : 'response');
    } else
      this.#backOff(part, verdict.kind === 'failure' ? verdict.message : 'The first record was reported as failed.');
  }

  #expiredCount(part: Part, nowMs: number): number {
    const fresh = part.records.findIndex(({ arrivalMs }) => nowMs - arrivalMs < this.#rules.maximumRecordAgeMs);
    return fresh < 0 ? part.records.length : fresh;
  }

  /** Only the prefix that is too old goes; what is left keeps its attempts. */
  #expire(part: Part, count: number): BatchStep {
    const records = part.records.slice(0, count);
    this.#due.push({ kind: 'checkpoint', records, processed: false });
    part.records = part.records.slice(count);
    if (part.records.length === 0) this.#parts.pop();
    // Counts one more than the attempts made, as recorded on AWS, even for a record that never reached the function.
    return { kind: 'discard', records, condition: 'RecordAgeExceeded', invokeCount: part.attempts + 1 };
  }

  #finish(part: Part, processed: boolean): void {
    this.#parts.pop();
    this.#due.push({ kind: 'checkpoint', records: part.records, processed });
  }

  /** Progress: the attempts start over for the rest, which is not topped up with new records. */
  #keepRest(part: Part, firstFailedIndex: number): void {
    this.#due.push({ kind: 'checkpoint', records: part.records.slice(0, firstFailedIndex), processed: true });
    part.records = part.records.slice(firstFailedIndex);
    part.attempts = 0;
    part.failures = 0;
  }

  /** Does not use up an attempt: each half starts counting at zero, and the first one goes first. */
  #split(part: Part): void {
    const half = Math.floor(part.records.length / 2);
    this.#parts.pop();
    this.#parts.push({ records: part.records.slice(half), attempts: 0, failures: 0 });
    this.#parts.push({ records: part.records.slice(0, half), attempts: 0, failures: 0 });
    this.#due.push({ kind: 'split', firstCount: half, secondCount: part.records.length - half });
  }

  #giveUp(part: Part, failureCause: 'functionError' | 'response'): void {
    const { records, attempts } = part;
    this.#due.push({
      kind: 'discard',
      records,
      condition: 'RetryAttemptsExhausted',
      invokeCount: attempts,
      failureCause,
    });
    this.#finish(part, false);
  }

  #backOff(part: Part, reason: string): void {
    const { baseMs, maximumMs } = this.#rules.backoff;
    const delayMs = Math.min(maximumMs, baseMs * 2 ** part.failures);
    part.failures += 1;
    this.#due.push({ kind: 'wait', delayMs, attempts: part.attempts, reason });
  }
}
