import { isAfter, type Source, type SourcePage, type SourceRecord, type StartPoint } from '../source.ts';

/** A stream in memory whose shards split, merge, close and are trimmed by hand. */
export interface MemorySource extends Source {
  /** Opens a shard. */
  open(shardId: string, parentShardIds?: readonly string[]): void;
  append(shardId: string, records: readonly SourceRecord[]): void;
  /** Closes the shard: its readers come to an end after its last record. */
  close(shardId: string): void;
  /** Closes the parent and opens its children. */
  split(parentShardId: string, childShardIds: readonly string[]): void;
  /** Drops the oldest `count` records of a shard. */
  trim(shardId: string, count: number): void;
  /** Forgets a shard altogether, as streams do a day after it was closed. */
  remove(shardId: string): void;
  /** Makes every iterator handed out so far expire. */
  expireIterators(): void;
  /** Makes the next reads fail, one error each, whichever shard they are for. */
  failNextReads(...errors: readonly Error[]): void;
}

interface MemoryShard {
  readonly parentShardIds: readonly string[];
  readonly records: SourceRecord[];
  trimmedThrough: string | undefined;
  trimmedCount: number;
  open: boolean;
}

export interface MemorySourceOptions {
  readonly kind: Source['kind'];
  readonly arn: string;
  /** @default 1000 */
  readonly pageSize?: number;
}

export function memorySource({ kind, arn, pageSize = 1000 }: MemorySourceOptions): MemorySource {
  const stream: MemoryStream = { shards: new Map(), failures: [], generation: 0, pageSize };
  return { kind, arn, ...controls(stream), ...calls(stream) };
}

interface MemoryStream {
  readonly shards: Map<string, MemoryShard>;
  readonly failures: Error[];
  readonly pageSize: number;
  /** Of the iterators that have not expired. */
  generation: number;
}

function shardOf({ shards }: MemoryStream, shardId: string): MemoryShard {
  const shard = shards.get(shardId);
  if (!shard) throw named('ResourceNotFoundException', `The stream has no shard ${shardId}.`);
  return shard;
}

function controls(stream: MemoryStream): Omit<MemorySource, keyof Source> {
  const open = (shardId: string, parentShardIds: readonly string[] = []) => {
    const empty = { records: [], trimmedThrough: undefined, trimmedCount: 0, open: true };
    stream.shards.set(shardId, { parentShardIds, ...empty });
  };
  const close = (shardId: string) => {
    shardOf(stream, shardId).open = false;
  };
  return {
    open,
    close,
    append(shardId, records) {
      const shard = shardOf(stream, shardId);
      for (const record of records) shard.records.push(record);
    },
    split(parentShardId, childShardIds) {
      close(parentShardId);
      for (const shardId of childShardIds) open(shardId, [parentShardId]);
    },
    trim(shardId, count) {
      const shard = shardOf(stream, shardId);
      const gone = shard.records.splice(0, count);
      shard.trimmedThrough = gone.at(-1)?.sequenceNumber ?? shard.trimmedThrough;
      shard.trimmedCount += gone.length;
    },
    remove: (shardId) => void stream.shards.delete(shardId),
    expireIterators() {
      stream.generation += 1;
    },
    failNextReads: (...errors) => void stream.failures.push(...errors),
  };
}

function calls(stream: MemoryStream): Pick<Source, 'listShards' | 'getIterator' | 'getRecords'> {
  return {
    async listShards() {
      return [...stream.shards].map(([shardId, { parentShardIds }]) => ({ shardId, parentShardIds }));
    },
    async getIterator(shardId, start) {
      const shard = shardOf(stream, shardId);
      return `${stream.generation}/${shard.trimmedCount + startIndex(shard, start)}`;
    },
    async getRecords(shardId, iterator) {
      const failure = stream.failures.shift();
      if (failure) throw failure;
      const shard = shardOf(stream, shardId);
      const [issuedIn, position] = iterator.split('/').map(Number);
      if (issuedIn !== stream.generation || position === undefined) {
        throw named('ExpiredIteratorException', `The iterator for ${shardId} has expired.`);
      }
      if (position < shard.trimmedCount) throw trimmed(shardId);
      return page(stream, shard, position - shard.trimmedCount);
    },
  };
}

function page({ pageSize, generation }: MemoryStream, shard: MemoryShard, index: number): SourcePage {
  const records = shard.records.slice(index, index + pageSize);
  const end = index + records.length;
  const more = shard.open || end < shard.records.length;
  return { records, ...(more ? { nextIterator: `${generation}/${shard.trimmedCount + end}` } : {}) };
}

/** Among the records still there. */
function startIndex(shard: MemoryShard, start: StartPoint): number {
  if (start.kind === 'TRIM_HORIZON') return 0;
  if (start.kind === 'LATEST') return shard.records.length;
  if (start.kind === 'AT_TIMESTAMP') return countBefore(shard, ({ arrivalMs }) => arrivalMs < start.timestampMs);
  const { sequenceNumber } = start;
  if (shard.trimmedThrough !== undefined && isAfter(shard.trimmedThrough, sequenceNumber)) throw trimmed('the shard');
  return countBefore(shard, (record) => !isAfter(record.sequenceNumber, sequenceNumber));
}

function countBefore({ records }: MemoryShard, isBefore: (record: SourceRecord) => boolean): number {
  const index = records.findIndex((record) => !isBefore(record));
  return index < 0 ? records.length : index;
}

function trimmed(what: string): Error {
  return named('TrimmedDataAccessException', `Records of ${what} after that position were trimmed.`);
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
