import type { Change, Position } from '../change/change.ts';
import type { PoisonRecordError, RetryableError } from './errors.ts';

/**
 * How a sink takes a batch. The strategies in this folder drive these interfaces; a sink only knows its destination.
 * Every method may throw a `PipelineError`: `retry` leaves what it was about unresolved, `abort` fails the invocation.
 * Every method is safe to call again with the same arguments: invocations are killed and repeated at any await.
 */
export type Sink<Request> = RangeSink<Request> | NewestSink<Request> | EachSink<Request> | WindowSink<Request>;

/** A change together with what the consumer's effects made of it. */
export interface Entry<Request> {
  readonly change: Change;
  readonly request: Request;
}

/** What became of one request. `poison`: the batch keeps its record as a dead letter. `retry`: it comes again. */
export type Outcome =
  | { readonly kind: 'applied' | 'duplicate' | 'stale' | 'filtered' }
  | { readonly kind: 'retry'; readonly error: RetryableError }
  | { readonly kind: 'poison'; readonly error: PoisonRecordError };

/** Serial cuts from the head of one shard; the first unresolved record ends the batch. */
export interface RangeSink<Request, Cursor = unknown> {
  readonly strategy: 'range';
  /** Reads where the shard stands. Consistent. */
  open(shard: ShardIdentity): Promise<OpenRange<Cursor>>;
  /** How many of `entries`, from the first, one commit from `cursor` can take: at least 1 when there are any. Pure. */
  cutLength(entries: readonly Entry<Request>[], cursor: Cursor): number;
  /** Commits one cut atomically with the new position, if the shard still stands where `cursor` says. */
  commit(cut: Cut<Request, Cursor>): Promise<CutResult<Cursor>>;
}

export interface ShardIdentity {
  /** With its label: a stream that was switched off and on is another stream. */
  readonly streamArn: string;
  readonly shardId: string;
}

export interface OpenRange<Cursor> {
  /** Last sequence number committed; records up to it are duplicates. Absent: nothing committed yet. */
  readonly last?: string;
  readonly cursor: Cursor;
}

export interface Cut<Request, Cursor> {
  readonly shard: ShardIdentity;
  readonly cursor: Cursor;
  /** First and last sequence number covered, filtered and poison records included. */
  readonly first: string;
  readonly last: string;
  readonly entries: readonly Entry<Request>[];
  /** Sequence numbers covered but not counted: they are dead letters. */
  readonly notCounted: readonly string[];
}

export type CutResult<Cursor> =
  | { readonly kind: 'committed'; readonly cursor: Cursor }
  /** Somebody else moved the position (or the phase): open again, drop what is done, cut again. */
  | { readonly kind: 'moved' }
  /** The destination refuses this cut as invalid: halve it; a single record is poison. */
  | { readonly kind: 'refused'; readonly reason: string };

/** One request per key, for the highest version in the batch; every change of the key shares its outcome. */
export interface NewestSink<Request> {
  readonly strategy: 'newest';
  /** Versions of one key: negative when `a` is older. 0 means a tie that only a read of the item can break. */
  compare(a: Change, b: Change): number;
  /** One outcome per request, in the same order. Keys are distinct. */
  apply(requests: readonly NewestRequest<Request>[], limits: Limits): Promise<readonly Outcome[]>;
}

export interface NewestRequest<Request> extends Entry<Request> {
  /** Several different changes of this key share the highest version: which is newest must be read from the table. */
  readonly tied: boolean;
  /** The other changes of this key in the batch, by position; the request stands for them too. */
  readonly companions: readonly Entry<Request>[];
}

/** Independent records, bounded concurrency, started in sequence order. */
export interface EachSink<Request> {
  readonly strategy: 'each';
  /** Records in flight at once. */
  readonly concurrency: number;
  apply(entry: Entry<Request>, limits: Limits): Promise<Outcome>;
}

/** Counts the changes of a tumbling window into a state that Lambda hands on, and writes it when the window ends. */
export interface WindowSink<Request> {
  readonly strategy: 'window';
  /** The state that counts these entries as well. Pure; JSON, below 1 MB; `{}` is the state of a window that begins. */
  fold(state: WindowState, entries: readonly Entry<Request>[]): WindowState;
  /** Makes the state durable. Comes again after a crash, with this state or one that counts more. */
  close(window: TumblingWindow, state: WindowState): Promise<void>;
}

export interface WindowState {
  readonly [name: string]: unknown;
}

/** A window of one shard, by the arrival of its records. */
export interface TumblingWindow {
  readonly shardId: string;
  /** ISO 8601, whole seconds, UTC. */
  readonly start: string;
  readonly end: string;
}

/** Takes the batch as it was delivered, in one piece. Nothing is read in it, so nothing is poison. */
export interface WholeSink {
  readonly strategy: 'whole';
  /** Resolves when every record is durable. */
  keep(batch: DeliveredBatch): Promise<void>;
}

export interface DeliveredBatch {
  readonly streamArn: string;
  /** Absent only when no record tells. */
  readonly shardId?: string;
  /** At least one; by sequence number, lowest first. */
  readonly records: readonly DeliveredRecord[];
}

export interface DeliveredRecord {
  readonly position: Position;
  /** The Lambda record as it was delivered. */
  readonly raw: unknown;
}

/** Time left for work in this invocation. */
export interface Limits {
  remainingMs(): number;
}
