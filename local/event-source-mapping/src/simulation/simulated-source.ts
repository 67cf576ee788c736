import type { StreamViewType } from '../records/table-change.ts';
import {
  isAfter,
  type Source,
  type SourcePage,
  type SourceRecord,
  type SourceShard,
  type StartPoint,
} from '../source.ts';
import { streamKind } from '../stream-kind.ts';
import type { VirtualClock } from '../virtual-clock.ts';
import { ShardCursor } from './shard-cursor.ts';
import { recordsOf, type SimulatedShard } from './simulated-shard.ts';

/**
 * Of GetRecords, and of the iterators.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
 */
const LIMITS = {
  dynamodb: { pageRecords: 1000, pageBytes: 1024 * 1024, iteratorMs: 15 * 60_000 },
  kinesis: { pageRecords: 10_000, pageBytes: 10 * 1024 * 1024, iteratorMs: 5 * 60_000 },
};

const RECORDS_PER_TURN = 1000;
const DAY_MS = 24 * 3_600_000;

export interface SimulatedStream {
  readonly arn: string;
  readonly shards: readonly SimulatedShard[];
  readonly clock: VirtualClock;
  readonly startMs: number;
  readonly viewType?: StreamViewType;
  /** @default 24 hours */
  readonly retentionMs?: number;
  /** Hears of records that cannot be had. */
  broken(error: unknown): void;
}

interface ShardState {
  readonly shard: SimulatedShard;
  readonly cursor: ShardCursor;
  /** When the shard closes once its records are read; undefined: never. */
  readonly closesAtMs: number | undefined;
  trimmedCount: number;
}

/** A stream whose shards open, fill, close and are trimmed as the clock says. */
export class SimulatedSource implements Source {
  readonly kind: Source['kind'];
  readonly arn: string;
  readonly retentionMs: number;
  readonly #clock: VirtualClock;
  readonly #shards: ReadonlyMap<string, ShardState>;
  #readSinceTurn = 0;

  constructor(stream: SimulatedStream) {
    const { arn, shards, clock, startMs, viewType = 'NEW_AND_OLD_IMAGES' } = stream;
    this.kind = streamKind(arn);
    this.arn = arn;
    this.retentionMs = stream.retentionMs ?? DAY_MS;
    this.#clock = clock;
    this.#shards = new Map(
      shards.map((shard, shardIndex) => {
        const origin = { streamArn: arn, shardId: shard.shardId, shardIndex, startMs, viewType };
        const cursor = new ShardCursor(() => recordsOf(shard.records, origin), stream.broken);
        return [shard.shardId, { shard, cursor, closesAtMs: closesAtMs(shard, shards), trimmedCount: 0 }];
      }),
    );
  }

  async listShards(): Promise<readonly SourceShard[]> {
    return [...this.#shards.values()]
      .filter(({ shard }) => (shard.opensAtMs ?? Number.NEGATIVE_INFINITY) <= this.#clock.nowMs())
      .map(({ shard: { shardId, parentShardIds = [] } }) => ({ shardId, parentShardIds }));
  }

  async getIterator(shardId: string, start: StartPoint): Promise<string> {
    const state = this.#stateOf(shardId);
    const nowMs = this.#clock.nowMs();
    state.cursor.seek(0);
    const { cursor } = state;
    for (let next = cursor.peek(); next && this.#before(start, next, state); next = cursor.peek()) cursor.skip();
    return `${nowMs}/${cursor.index}`;
  }

  async getRecords(shardId: string, iterator: string): Promise<SourcePage> {
    const state = this.#stateOf(shardId);
    const { cursor } = state;
    const nowMs = this.#clock.nowMs();
    const [issuedMs = 0, index = 0] = iterator.split('/').map(Number);
    const { iteratorMs, pageRecords, pageBytes } = LIMITS[this.kind];
    if (nowMs - issuedMs >= iteratorMs) throw named('ExpiredIteratorException', `${shardId}: the iterator is too old.`);
    cursor.seek(index);
    const first = cursor.peek();
    if (index < state.trimmedCount || (first && this.#isTrimmed(first))) throw trimmed(shardId);
    const records: SourceRecord[] = [];
    let bytes = 0;
    for (let next = first; next && next.arrivalMs <= nowMs; next = cursor.peek()) {
      bytes += sizeBytes(next);
      if (records.length === pageRecords || (records.length > 0 && bytes > pageBytes)) break;
      records.push(next);
      cursor.skip();
    }
    await this.#letTurn(records.length);
    const next = cursor.peek();
    const ended = next === undefined && state.closesAtMs !== undefined && state.closesAtMs <= nowMs;
    const behindMs = this.kind === 'kinesis' && next && next.arrivalMs <= nowMs ? nowMs - next.arrivalMs : 0;
    return { records, behindMs, ...(ended ? {} : { nextIterator: `${nowMs}/${cursor.index}` }) };
  }

  /**
   * A backlog is one chain of promises: without a turn of the event loop now and then neither timers nor garbage
   * collection would come to their right. Virtual time stands still meanwhile.
   */
  async #letTurn(count: number): Promise<void> {
    this.#readSinceTurn += count;
    if (this.#readSinceTurn < RECORDS_PER_TURN) return;
    this.#readSinceTurn = 0;
    await this.#clock.hold(new Promise((resolve) => setImmediate(resolve)));
  }

  /** Drops the oldest `count` of the records that the shard ever had. */
  trim(shardId: string, count: number): void {
    const state = this.#stateOf(shardId);
    state.trimmedCount = Math.max(state.trimmedCount, count);
  }

  /** Whether it was read to the end of all it will ever hold, since the last {@link rewind}. */
  exhausted(shardId: string): boolean {
    return this.#stateOf(shardId).cursor.ended;
  }

  /** Whoever reads next begins anew. */
  rewind(): void {
    for (const { cursor } of this.#shards.values()) cursor.rewind();
  }

  closes(shardId: string): boolean {
    return this.#stateOf(shardId).closesAtMs !== undefined;
  }

  /** Whether reading from `start` leaves the record out. */
  #before(start: StartPoint, record: SourceRecord, { cursor, trimmedCount, shard }: ShardState): boolean {
    const gone = cursor.index < trimmedCount || this.#isTrimmed(record);
    if (start.kind === 'AFTER_SEQUENCE_NUMBER') {
      const after = isAfter(record.sequenceNumber, start.sequenceNumber);
      if (gone && after) throw trimmed(shard.shardId);
      return !after;
    }
    if (gone || start.kind === 'TRIM_HORIZON') return gone;
    return start.kind === 'LATEST' ? record.arrivalMs <= this.#clock.nowMs() : record.arrivalMs < start.timestampMs;
  }

  #isTrimmed({ arrivalMs }: SourceRecord): boolean {
    return arrivalMs + this.retentionMs <= this.#clock.nowMs();
  }

  #stateOf(shardId: string): ShardState {
    const state = this.#shards.get(shardId);
    if (!state) throw named('ResourceNotFoundException', `The stream has no shard ${shardId}.`);
    return state;
  }
}

function closesAtMs(shard: SimulatedShard, shards: readonly SimulatedShard[]): number | undefined {
  const children = shards.filter(({ parentShardIds = [] }) => parentShardIds.includes(shard.shardId));
  if (!(shard.closed ?? children.length > 0)) return undefined;
  const opened = children.map(({ opensAtMs = Number.NEGATIVE_INFINITY }) => opensAtMs);
  return opened.length > 0 ? Math.min(...opened) : Number.NEGATIVE_INFINITY;
}

function sizeBytes({ record }: SourceRecord): number {
  return 'dynamodb' in record ? record.dynamodb.SizeBytes : (record.kinesis.data.length * 3) / 4;
}

function trimmed(shardId: string): Error {
  return named('TrimmedDataAccessException', `${shardId}: the records after that position were trimmed.`);
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
