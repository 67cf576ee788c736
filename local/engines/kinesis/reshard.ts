/** SplitShard and MergeShards. */
import { invalidArgument } from './error.ts';
import { findShard } from './get.ts';
import { type Input, text } from './input.ts';
import { isOpen, readHashKey, type Shard, shardIdOf } from './shard.ts';
import type { Stream } from './stream-definitions.ts';
import type { Streams } from './streams.ts';

export function splitShard(streams: Streams, stream: Stream, input: Input): object {
  const parent = openShard(stream, text(input, 'ShardToSplit'));
  const start = readHashKey(text(input, 'NewStartingHashKey'));
  const { firstHash, lastHash } = parent;
  if (start <= firstHash || start > lastHash) {
    throw invalidArgument(`NewStartingHashKey ${start} is not inside ${shardIdOf(parent.number)}.`);
  }
  streams.reshard(
    stream,
    [parent],
    [
      { firstHash, lastHash: start - 1n },
      { firstHash: start, lastHash },
    ],
  );
  return {};
}

export function mergeShards(streams: Streams, stream: Stream, input: Input): object {
  const one = openShard(stream, text(input, 'ShardToMerge'));
  const other = openShard(stream, text(input, 'AdjacentShardToMerge'));
  const [low, high] = one.firstHash < other.firstHash ? [one, other] : [other, one];
  if (low.lastHash + 1n !== high.firstHash) {
    throw invalidArgument(`${shardIdOf(one.number)} and ${shardIdOf(other.number)} are not adjacent.`);
  }
  streams.reshard(stream, [one, other], [{ firstHash: low.firstHash, lastHash: high.lastHash }]);
  return {};
}

function openShard(stream: Stream, shardId: string): Shard {
  const shard = findShard(stream, shardId);
  if (!isOpen(shard)) throw invalidArgument(`${shardId} of stream ${stream.name} is closed.`);
  return shard;
}
