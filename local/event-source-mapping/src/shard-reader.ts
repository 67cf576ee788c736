import { AbandonedError, unlessAborted } from './abandon.ts';
import type { ShardPosition } from './positions/position-store.ts';
import type { Session } from './session.ts';
import { isAfter, type SourcePage, type SourceRecord, type StartPoint } from './source.ts';

/** Throttled reads keep their iterator; for the names see the API references of DynamoDB Streams and Kinesis. */
const THROTTLED = new Set([
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'KMSThrottlingException',
]);

export interface ShardReading {
  readonly shardId: string;
  readonly position: ShardPosition | undefined;
  /** Takes every record, in the order of the shard. */
  accept(record: SourceRecord): void;
}

/**
 * Reads one shard to its end, one page at a time, each record once.
 *
 * Whatever happens to an iterator, reading goes on after the last record read: never at the starting position, which
 * would repeat or skip records.
 */
export class ShardReader {
  readonly #session: Session;
  readonly #shardId: string;
  readonly #start: StartPoint;
  readonly #accept: (record: SourceRecord) => void;
  #iterator: string | undefined;
  #lastRead: string | undefined;
  /** After a trim gap the stream begins again at its oldest record, which may have been read before. */
  #mayRepeat = false;
  #ended = false;
  #behind = true;
  #behindMs = 0;
  #failures = 0;
  #lastPollMs = Number.NEGATIVE_INFINITY;
  #lastRecordMs: number;

  constructor(session: Session, { shardId, position, accept }: ShardReading) {
    this.#session = session;
    this.#accept = accept;
    this.#shardId = shardId;
    this.#lastRead = position?.kind === 'after' ? position.sequenceNumber : undefined;
    this.#start = startPoint(position);
    this.#lastRecordMs = session.clock.nowMs();
  }

  /** The shard is closed and its last record read. */
  get ended(): boolean {
    return this.#ended;
  }

  get lastRead(): string | undefined {
    return this.#lastRead;
  }

  /** How far the last page lay behind the tip, as far as the stream tells. */
  get behindMs(): number {
    return this.#behindMs;
  }

  /** Since when every read came back empty; undefined while there is, or may be, more to read. */
  get idleSinceMs(): number | undefined {
    return this.#behind ? undefined : this.#lastRecordMs;
  }

  /** When the next read may take place, epoch milliseconds. */
  get nextPollMs(): number {
    const { polling, backoff } = this.#session.tuning;
    const paceMs = this.#behind ? polling.behindMs : polling.idleMs;
    const penaltyMs = this.#failures > 0 ? Math.min(backoff.maximumMs, backoff.baseMs * 2 ** (this.#failures - 1)) : 0;
    return this.#lastPollMs + Math.max(paceMs, penaltyMs);
  }

  /** One read; its records have been accepted afterwards. A failure is observed, and the next read comes later. */
  async poll(): Promise<void> {
    const { clock, drain, source } = this.#session;
    this.#lastPollMs = clock.nowMs();
    try {
      this.#iterator ??= await unlessAborted(drain, () =>
        source.getIterator(this.#shardId, this.#resumePoint(), drain),
      );
      const iterator = this.#iterator;
      this.#take(await unlessAborted(drain, () => source.getRecords(this.#shardId, iterator, drain)));
      this.#failures = 0;
    } catch (error) {
      if (error instanceof AbandonedError || drain.aborted) return;
      this.#recover(error);
    }
  }

  #resumePoint(): StartPoint {
    if (this.#mayRepeat) return { kind: 'TRIM_HORIZON' };
    if (this.#lastRead === undefined) return this.#start;
    return { kind: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: this.#lastRead };
  }

  #take({ records, nextIterator, behindMs }: SourcePage): void {
    this.#iterator = nextIterator;
    this.#ended = nextIterator === undefined;
    this.#behindMs = behindMs ?? 0;
    this.#behind = records.length > 0 || this.#behindMs > 0;
    const last = this.#lastRead;
    const repeats = this.#mayRepeat && last !== undefined;
    const fresh = repeats ? records.filter(({ sequenceNumber }) => isAfter(sequenceNumber, last)) : records;
    if (records.length > 0) this.#lastRecordMs = this.#session.clock.nowMs();
    if (fresh.length === 0) return;
    this.#mayRepeat = false;
    this.#lastRead = fresh.at(-1)?.sequenceNumber;
    this.#session.metrics.polled += fresh.length;
    this.#session.observe({ kind: 'polled', recordCount: fresh.length }, this.#shardId);
    for (const record of fresh) this.#accept(record);
  }

  #recover(error: unknown): void {
    const name = error instanceof Error ? error.name : '';
    this.#failures += 1;
    // A LATEST iterator taken anew skips what came in between, so it is given up only when it is of no use.
    const replaceable = this.#lastRead !== undefined || this.#start.kind !== 'LATEST';
    if (name === 'TrimmedDataAccessException' && !this.#mayRepeat) {
      this.#iterator = undefined;
      this.#mayRepeat = true;
      // Without a record read so far the horizon is where reading was to begin: nothing is lost.
      if (this.#lastRead !== undefined) this.#reportGap();
    } else if (name === 'ExpiredIteratorException') {
      this.#iterator = undefined;
      if (!replaceable) this.#reportGap();
    } else {
      if (replaceable && !THROTTLED.has(name)) this.#iterator = undefined;
      this.#session.observe({ kind: 'problem', operation: 'read the shard', error }, this.#shardId);
    }
  }

  #reportGap(): void {
    this.#session.metrics.gaps += 1;
    this.#session.observe({ kind: 'gap', afterSequenceNumber: this.#lastRead }, this.#shardId);
  }
}

function startPoint(position: ShardPosition | undefined): StartPoint {
  // A shard found later begins at its first record: what its parent left off must be read whole.
  if (position?.kind !== 'start' || position.at === 'TRIM_HORIZON') return { kind: 'TRIM_HORIZON' };
  if (position.at === 'LATEST') return { kind: 'LATEST' };
  return { kind: 'AT_TIMESTAMP', timestampMs: position.at.timestampMs };
}
