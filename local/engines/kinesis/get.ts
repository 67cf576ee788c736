/** GetShardIterator and GetRecords. */
import { invalidArgument, invalidField, notFound } from './error.ts';
import { type Input, number, text } from './input.ts';
import { fromIterator, type ShardPosition, toIterator } from './iterator.ts';
import { toCount } from './sequence-number.ts';
import { firstAfter, firstArrivedAt, isOpen, type KeptRecord, type Shard, shardIdOf } from './shard.ts';
import type { Stream } from './stream-definitions.ts';
import type { Streams } from './streams.ts';

const mostRecords = 10_000;
const mostBytes = 10 * 1024 * 1024;

export function getShardIterator(streams: Streams, stream: Stream, input: Input, nowMs: number): object {
  const shard = findShard(stream, text(input, 'ShardId'));
  const after = startAfter(shard, { input, lastCount: streams.lastCount(), nowMs });
  return { ShardIterator: toIterator({ stream: stream.key, shard: shard.number, after }, nowMs) };
}

/** The count of the last record that the reader does not want. */
function startAfter(shard: Shard, { input, lastCount, nowMs }: { input: Input; lastCount: number; nowMs: number }) {
  const type = text(input, 'ShardIteratorType');
  switch (type) {
    case 'TRIM_HORIZON':
      return 0;
    case 'LATEST':
      return lastCount;
    case 'AT_SEQUENCE_NUMBER':
      return toCount(text(input, 'StartingSequenceNumber'), shard.number) - 1;
    case 'AFTER_SEQUENCE_NUMBER':
      return toCount(text(input, 'StartingSequenceNumber'), shard.number);
    case 'AT_TIMESTAMP': {
      const { Timestamp: seconds } = input;
      if (typeof seconds !== 'number')
        throw invalidArgument('Must specify timestamp for iterator of type AT_TIMESTAMP.');
      if (seconds * 1000 > nowMs) throw invalidArgument('The timestamp of an iterator cannot be in the future.');
      const first = shard.records[firstArrivedAt(shard.records, seconds * 1000)];
      return first === undefined ? lastCount : first.count - 1;
    }
    default:
      throw invalidField(`ShardIteratorType ${type} is not one that Kinesis has.`);
  }
}

/** Answers JSON: records are kept in the form that is asked for. */
export function getRecords(streams: Streams, input: Input, nowMs: number): string {
  const position = fromIterator(text(input, 'ShardIterator'), nowMs);
  const limit = number(input, 'Limit', { least: 1, most: mostRecords, otherwise: mostRecords });
  const stream = streams.find(position.stream);
  const shard = stream.shards[position.shard];
  if (shard === undefined)
    throw notFound(`Shard ${shardIdOf(position.shard)} in stream ${stream.name} does not exist.`);
  const from = firstAfter(shard.records, position.after);
  const page = pageOf(shard.records, from, limit);
  const last = page.at(-1);
  const tip = shard.records.at(-1);
  const unread = from + page.length < shard.records.length;
  // A record that is not read yet is behind the tip, if only by so little.
  const behindMs = unread && tip !== undefined ? Math.max(1, tip.arrivedAtMs - (last?.arrivedAtMs ?? 0)) : 0;
  const rest = {
    MillisBehindLatest: behindMs,
    ...(unread || isOpen(shard)
      ? { NextShardIterator: toIterator(next(position, last), nowMs) }
      : { ChildShards: childrenOf(stream, shard) }),
  };
  const records = page.map(({ place }) => streams.read(place)).join(',');
  return `{"Records":[${records}],${JSON.stringify(rest).slice(1)}`;
}

function pageOf(records: readonly KeptRecord[], from: number, limit: number): readonly KeptRecord[] {
  let [end, bytes] = [from, 0];
  while (end < records.length && end - from < limit) {
    bytes += records[end]?.place.bytes ?? 0;
    if (bytes > mostBytes && end > from) break;
    end += 1;
  }
  return records.slice(from, end);
}

function next(position: ShardPosition, last: KeptRecord | undefined): ShardPosition {
  return last === undefined ? position : { ...position, after: last.count };
}

function childrenOf({ shards }: Stream, { number: parent }: Shard): readonly object[] {
  return shards
    .filter(({ parents }) => parents.includes(parent))
    .map((child) => ({
      ShardId: shardIdOf(child.number),
      ParentShards: child.parents.map(shardIdOf),
      HashKeyRange: { StartingHashKey: String(child.firstHash), EndingHashKey: String(child.lastHash) },
    }));
}

/** @throws {KinesisError} when the stream has none of that id. */
export function findShard({ shards, name }: Stream, shardId: string): Shard {
  const found = shards.find((shard) => shardIdOf(shard.number) === shardId);
  if (found === undefined) throw notFound(`Shard ${shardId} in stream ${name} does not exist.`);
  return found;
}
