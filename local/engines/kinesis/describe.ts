/** DescribeStream, DescribeStreamSummary and ListShards: streams and shards in the words of the API. */
import { type Input, number, optionalText } from './input.ts';
import { toSequenceNumber } from './sequence-number.ts';
import { isOpen, type Shard, shardIdOf } from './shard.ts';
import type { Stream } from './stream-definitions.ts';
import { retentionHours } from './streams.ts';

export function describeStream(stream: Stream, input: Input): object {
  const { Shards, isLast } = pageOf(stream, input, { field: 'Limit', most: 10_000, otherwise: 100 });
  return { StreamDescription: { ...common(stream), Shards, HasMoreShards: !isLast } };
}

export function describeStreamSummary(stream: Stream): object {
  const OpenShardCount = stream.shards.filter(isOpen).length;
  return { StreamDescriptionSummary: { ...common(stream), OpenShardCount, ConsumerCount: 0 } };
}

export function listShards(stream: Stream, input: Input): object {
  // The next page's token is where this one ended.
  const start = optionalText(input, 'NextToken')?.split(' ')[1] ?? optionalText(input, 'ExclusiveStartShardId');
  const from = start === undefined ? input : { ...input, ExclusiveStartShardId: start };
  const { Shards, isLast } = pageOf(stream, from, { field: 'MaxResults', most: 10_000, otherwise: 1000 });
  return { Shards, ...(isLast ? {} : { NextToken: `${stream.key} ${Shards.at(-1)?.ShardId}` }) };
}

function common({ name, arn, createdAtMs }: Stream) {
  return {
    StreamName: name,
    StreamARN: arn,
    StreamStatus: 'ACTIVE',
    StreamModeDetails: { StreamMode: 'PROVISIONED' },
    StreamCreationTimestamp: createdAtMs / 1000,
    RetentionPeriodHours: retentionHours,
    EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
    EncryptionType: 'NONE',
  };
}

function pageOf({ shards }: Stream, input: Input, limit: { field: string; most: number; otherwise: number }) {
  const after = optionalText(input, 'ExclusiveStartShardId') ?? '';
  const most = number(input, limit.field, { least: 1, ...limit });
  const left = shards.filter(({ number: at }) => shardIdOf(at) > after);
  return { Shards: left.slice(0, most).map(inWords), isLast: left.length <= most };
}

function inWords({ number: at, parents, firstHash, lastHash, startCount, endCount }: Shard) {
  const [parent, adjacent] = parents;
  return {
    ShardId: shardIdOf(at),
    ...(parent === undefined ? {} : { ParentShardId: shardIdOf(parent) }),
    ...(adjacent === undefined ? {} : { AdjacentParentShardId: shardIdOf(adjacent) }),
    HashKeyRange: { StartingHashKey: String(firstHash), EndingHashKey: String(lastHash) },
    SequenceNumberRange: {
      StartingSequenceNumber: toSequenceNumber(startCount, at),
      ...(endCount === undefined ? {} : { EndingSequenceNumber: toSequenceNumber(endCount, at) }),
    },
  };
}
