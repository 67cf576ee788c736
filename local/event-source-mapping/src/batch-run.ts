import type { SourceRecord } from './source.ts';
import type { Tuning } from './tuning.ts';
import type { Verdict } from './verdict.ts';

export interface FailureRules
  extends Pick<
    Required<Tuning>,
    | 'backoff'
    | 'bisectWhenFirstFails'
    | 'bisectResetsRecordAge'
    | 'exhaustedPartial'
    | 'consolidateDiscards'
    | 'expiryCountsAsInvocation'
  > {
  /** Infinity for no limit. */
  readonly maximumRetryAttempts: number;
  /** Infinity for no limit. */
  readonly maximumRecordAgeMs: number;
  readonly bisect: boolean;
  /** How long the stream keeps a record: nothing is repeated after that. */
  readonly retentionMs: number;
}

export type DiscardCondition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded';

/** What has to happen next; each is to be carried out before the next one is asked for. */
export type BatchStep<R extends SourceRecord = SourceRecord> =
  | { readonly kind: 'invoke'; readonly records: readonly R[]; readonly attempt: number }
  | { readonly kind: 'wait'; readonly delayMs: number; readonly attempts: number; readonly reason: string }
  | { readonly kind: 'split'; readonly firstCount: number; readonly secondCount: number }
  | {
      readonly kind: 'discard';
      readonly records: readonly R[];
      readonly condition: DiscardCondition;
      readonly invokeCount: number;
      /** Of the last attempt; absent when the records are too old. */
      readonly failureCause?: 'functionError' | 'response';
    }
  /** The stream no longer has these records, so Lambda could not read them for another attempt. */
  | { readonly kind: 'lost'; readonly records: readonly R[] }
  /** These records are dealt with, and so is everything before them. */
  | { readonly kind: 'checkpoint'; readonly records: readonly R[]; readonly processed: boolean }
  | { readonly kind: 'done' };

type Discard<R extends SourceRecord> = Extract<BatchStep<R>, { kind: 'discard' }>;

interface Part<R> {
  records: readonly R[];
  attempts: number;
  /** Consecutive failures, for the backoff: those that did not reach the function count here, unlike in `attempts`. */
  failures: number;
  /** Where ages count from when not from arrival: the cut that made this part. */
  readonly bornMs: number;
}

/**
 * Takes one batch to its end: attempts, retries, bisecting, partial progress, giving up. It decides and remembers, and
 * does nothing itself: no clock, no invocation, no wait. Whoever drives it asks for the next step, carries it out, and
 * settles every `invoke` with its verdict.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export class BatchRun<R extends SourceRecord = SourceRecord> {
  readonly #rules: FailureRules;
  /** Parts of the batch still to do, the next one last. */
  readonly #parts: Part<R>[];
  readonly #due: BatchStep<R>[] = [];
  /** Given up and not told yet, because the next part may join its document. */
  #held: Discard<R> | undefined;

  constructor(records: readonly R[], rules: FailureRules) {
    this.#rules = rules;
    this.#parts = records.length > 0 ? [{ records, attempts: 0, failures: 0, bornMs: Number.NEGATIVE_INFINITY }] : [];
  }

  next(nowMs: number): BatchStep<R> {
    const due = this.#due.shift();
    if (due) return due;
    const part = this.#parts.at(-1);
    if (!part) return this.#release() ?? { kind: 'done' };
    const gone = part.failures + part.attempts > 0 ? this.#goneCount(part, nowMs) : 0;
    if (gone > 0)
      return this.#release() ?? this.#leave(part, gone, { kind: 'lost', records: part.records.slice(0, gone) });
    const expired = this.#expiredCount(part, nowMs);
    if (expired > 0) return this.#release() ?? this.#expire(part, expired);
    return { kind: 'invoke', records: part.records, attempt: part.attempts + 1 };
  }

  settle(verdict: Verdict, nowMs: number): void {
    const part = this.#parts.at(-1);
    if (!part) throw new Error('A batch that is done cannot be settled.');
    if (verdict.kind !== 'notDelivered') part.attempts += 1;
    if (verdict.kind === 'notDelivered') this.#backOff(part, verdict.reason);
    else if (verdict.kind === 'success') this.#finish(part);
    else if (verdict.kind === 'partial' && verdict.firstFailedIndex > 0) this.#keepRest(part, verdict.firstFailedIndex);
    else this.#fail(part, verdict, nowMs);
  }

  /** A failed attempt without progress. */
  #fail(part: Part<R>, verdict: Exclude<Verdict, { kind: 'success' | 'notDelivered' }>, nowMs: number): void {
    const { bisect, bisectWhenFirstFails, maximumRetryAttempts, exhaustedPartial } = this.#rules;
    const partial = verdict.kind === 'partial';
    if (bisect && (!partial || bisectWhenFirstFails) && part.records.length > 1) this.#split(part, nowMs);
    else if (part.attempts <= maximumRetryAttempts) {
      this.#backOff(part, partial ? 'The first record was reported as failed.' : verdict.message);
    } else this.#giveUp(part, partial && exhaustedPartial === 'first' ? 1 : part.records.length, verdict);
  }

  #expiredCount(part: Part<R>, nowMs: number): number {
    return prefixCount(part.records, ({ arrivalMs }) => {
      return nowMs - Math.max(arrivalMs, part.bornMs) >= this.#rules.maximumRecordAgeMs;
    });
  }

  #goneCount(part: Part<R>, nowMs: number): number {
    return prefixCount(part.records, ({ arrivalMs }) => nowMs - arrivalMs >= this.#rules.retentionMs);
  }

  /** Only the prefix that is too old goes; what is left keeps its attempts. */
  #expire(part: Part<R>, count: number): BatchStep<R> {
    // One more than the attempts made, as recorded on AWS, even for a record that never reached the function.
    const invokeCount = part.attempts + (this.#rules.expiryCountsAsInvocation ? 1 : 0);
    const records = part.records.slice(0, count);
    return this.#leave(part, count, { kind: 'discard', records, condition: 'RecordAgeExceeded', invokeCount });
  }

  #leave(part: Part<R>, count: number, step: BatchStep<R>): BatchStep<R> {
    this.#due.push({ kind: 'checkpoint', records: part.records.slice(0, count), processed: false });
    part.records = part.records.slice(count);
    if (part.records.length === 0) this.#parts.pop();
    return step;
  }

  #finish(part: Part<R>): void {
    this.#parts.pop();
    this.#succeed(part.records);
  }

  /** Progress: the attempts start over for the rest, which is not topped up with new records. */
  #keepRest(part: Part<R>, firstFailedIndex: number): void {
    this.#succeed(part.records.slice(0, firstFailedIndex));
    part.records = part.records.slice(firstFailedIndex);
    part.attempts = 0;
    part.failures = 0;
  }

  #succeed(records: readonly R[]): void {
    const held = this.#release();
    if (held) this.#due.unshift(held);
    this.#due.push({ kind: 'checkpoint', records, processed: true });
  }

  /** Does not use up an attempt: each half starts counting at zero, and the first one goes first. */
  #split(part: Part<R>, nowMs: number): void {
    const half = Math.floor(part.records.length / 2);
    const bornMs = this.#rules.bisectResetsRecordAge ? nowMs : part.bornMs;
    this.#parts.pop();
    this.#parts.push({ records: part.records.slice(half), attempts: 0, failures: 0, bornMs });
    this.#parts.push({ records: part.records.slice(0, half), attempts: 0, failures: 0, bornMs });
    this.#due.push({ kind: 'split', firstCount: half, secondCount: part.records.length - half });
  }

  #giveUp(part: Part<R>, count: number, verdict: Exclude<Verdict, { kind: 'success' | 'notDelivered' }>): void {
    const records = part.records.slice(0, count);
    const failureCause = verdict.kind === 'failure' ? verdict.cause : 'response';
    const discard: Discard<R> = {
      ...{ kind: 'discard', records, condition: 'RetryAttemptsExhausted' },
      ...{ invokeCount: part.attempts, failureCause },
    };
    part.records = part.records.slice(count);
    part.attempts = 0;
    part.failures = 0;
    if (part.records.length === 0) this.#parts.pop();
    if (!this.#rules.consolidateDiscards) {
      this.#due.push(discard, { kind: 'checkpoint', records, processed: false });
    } else this.#held = this.#held ? { ...discard, records: [...this.#held.records, ...records] } : discard;
  }

  /** Neighbours given up share a document, which is stored before any of them counts as dealt with. */
  #release(): BatchStep<R> | undefined {
    const held = this.#held;
    if (!held) return undefined;
    this.#held = undefined;
    this.#due.unshift({ kind: 'checkpoint', records: held.records, processed: false });
    return held;
  }

  #backOff(part: Part<R>, reason: string): void {
    const { baseMs, maximumMs } = this.#rules.backoff;
    const delayMs = Math.min(maximumMs, baseMs * 2 ** part.failures);
    part.failures += 1;
    this.#due.push({ kind: 'wait', delayMs, attempts: part.attempts, reason });
  }
}

function prefixCount<R>(records: readonly R[], test: (record: R) => boolean): number {
  const end = records.findIndex((record) => !test(record));
  return end < 0 ? records.length : end;
}
