import type { DynamoDbStreamSource, StreamPage, StreamRecord } from '../dynamodb-stream-source.ts';
import { StreamRequestError } from '../dynamodb-stream-source.ts';

export interface StreamFollower {
  /**
   * One page of every open shard, those without records left out. A page counts as read once it is yielded; after an
   * error the next round goes on where this one failed.
   */
  round(): AsyncGenerator<readonly StreamRecord[]>;
  /** By shard the last sequence number of the pages read, or `ended`: where another follower can go on. */
  progress(): Readonly<Record<string, string>>;
}

interface OpenShard {
  readonly shardId: string;
  iterator?: string;
  lastSequenceNumber?: string;
}

const shardEnded = 'ended';

/**
 * Follows a stream from its oldest record on, or from what an earlier follower had read; a shard's children are read
 * after it has ended, so items keep order.
 */
export function createStreamFollower(options: {
  readonly source: DynamoDbStreamSource;
  readonly streamArn: string;
  /** What `progress` of the earlier one said. */
  readonly after?: Readonly<Record<string, string>>;
}): StreamFollower {
  const { source, streamArn, after = {} } = options;
  const open = new Map<string, OpenShard>();
  const ended = new Set(Object.keys(after).filter((shardId) => after[shardId] === shardEnded));
  const read = new Map(Object.entries(after));

  async function discover(): Promise<void> {
    const { Shards } = await source.describeStream(streamArn);
    const listed = new Set(Shards.map((shard) => shard.ShardId));
    for (const { ShardId: shardId, ParentShardId: parent } of Shards) {
      const waits = parent !== undefined && listed.has(parent) && !ended.has(parent);
      if (waits || ended.has(shardId) || open.has(shardId)) continue;
      const last = read.get(shardId);
      open.set(shardId, { shardId, ...(last === undefined ? {} : { lastSequenceNumber: last }) });
    }
  }

  async function readPage(shard: OpenShard): Promise<StreamPage> {
    const { shardId } = shard;
    try {
      return await source.getRecords({ streamArn, shardId, shardIterator: await iteratorOf(shard, options) });
    } catch (error) {
      // Whatever was wrong with the iterator (expired, say), a new one is taken at the last record read.
      if (error instanceof StreamRequestError) delete shard.iterator;
      throw error;
    }
  }

  return {
    async *round() {
      if (open.size === 0) await discover();
      for (const shard of [...open.values()]) {
        const { records, nextShardIterator } = await readPage(shard);
        const last = records.at(-1)?.dynamodb.SequenceNumber;
        if (last !== undefined) {
          shard.lastSequenceNumber = last;
          read.set(shard.shardId, last);
        }
        if (nextShardIterator === undefined) {
          open.delete(shard.shardId);
          ended.add(shard.shardId);
          read.set(shard.shardId, shardEnded);
        } else {
          shard.iterator = nextShardIterator;
        }
        if (records.length > 0) yield records;
        if (nextShardIterator === undefined) await discover();
      }
    },
    progress: () => Object.fromEntries(read),
  };
}

async function iteratorOf(
  { shardId, iterator, lastSequenceNumber }: OpenShard,
  { source, streamArn }: { source: DynamoDbStreamSource; streamArn: string },
): Promise<string> {
  if (iterator !== undefined) return iterator;
  if (lastSequenceNumber === undefined) return source.getShardIterator({ streamArn, shardId, type: 'TRIM_HORIZON' });
  const sequenceNumber = lastSequenceNumber;
  return source.getShardIterator({ streamArn, shardId, type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber });
}
