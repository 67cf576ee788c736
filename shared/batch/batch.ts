import type { Change, Position } from '../change/change.ts';
import type { ErrorCode, PoisonRecordError, RetryableError } from './errors.ts';
import type { Limits } from './sink.ts';

/** What the strategies see of a batch: its records in order, each read already, and where outcomes go. */
export interface Batch<Request> {
  readonly consumer: string;
  /** By sequence number, lowest first. */
  readonly records: readonly BatchRecord<Request>[];
  readonly limits: Limits;
  /** Keeps the record as a dead letter. Resolves with its outcome: only what is durable counts as dead-lettered. */
  bury(record: BatchRecord<Request>, error: PoisonRecordError): Promise<RecordOutcome>;
  /** Says what became of a record, exactly once for each. */
  settle(record: BatchRecord<Request>, outcome: RecordOutcome): void;
}

export interface BatchRecord<Request> {
  /** Its place in the batch, which names it even when a strategy learns something new about it. */
  readonly index: number;
  readonly position: Position;
  /** The Lambda record as it was delivered. */
  readonly raw: unknown;
  readonly reading: Reading<Request>;
}

/** What came of parsing a record and asking the consumer's effects. */
export type Reading<Request> =
  | { readonly kind: 'entry'; readonly change: Change; readonly request: Request }
  | { readonly kind: 'filtered' }
  | { readonly kind: 'poison'; readonly error: PoisonRecordError };

/** What became of a record in this invocation. Only `retry` leaves it unresolved. */
export type RecordOutcome =
  | { readonly kind: 'applied' | 'duplicate' | 'stale' | 'filtered' }
  | { readonly kind: 'deadLettered'; readonly code: ErrorCode }
  | { readonly kind: 'retry'; readonly error: RetryableError };
