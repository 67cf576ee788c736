import {
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
} from '@aws-sdk/client-kinesis';
import type { DynamoDbStreamsClient, KinesisStreamClient } from '@tributary/event-source-mapping';
import type { DynamoDbStreamSource } from '../engines/dynamodb-stream-source.ts';

/** The engine's raw stream reader, in the calls of the DynamoDB Streams API that a mapping makes. */
export function dynamoDbStreamsCalls(source: DynamoDbStreamSource): DynamoDbStreamsClient {
  // An iterator is opaque, and the reader wants to know where it came from.
  const origins = new Map<string, { streamArn: string; shardId: string }>();
  return {
    describeStream: async ({ StreamArn }) => {
      const { Shards } = await source.describeStream(StreamArn);
      return { StreamDescription: { Shards } };
    },
    getShardIterator: async ({ StreamArn, ShardId, ShardIteratorType, SequenceNumber }) => {
      const iterator = await source.getShardIterator({
        streamArn: StreamArn,
        shardId: ShardId,
        type: ShardIteratorType,
        ...(SequenceNumber === undefined ? {} : { sequenceNumber: SequenceNumber }),
      });
      origins.set(iterator, { streamArn: StreamArn, shardId: ShardId });
      return { ShardIterator: iterator };
    },
    getRecords: async ({ ShardIterator }) => {
      const origin = origins.get(ShardIterator);
      if (origin === undefined) throw new Error('The shard iterator was not taken from this client.');
      const page = await source.getRecords({ ...origin, shardIterator: ShardIterator });
      origins.delete(ShardIterator);
      if (page.nextShardIterator === undefined) return { Records: page.records };
      origins.set(page.nextShardIterator, origin);
      return { Records: page.records, NextShardIterator: page.nextShardIterator };
    },
  };
}

export function kinesisCalls(client: KinesisClient): KinesisStreamClient {
  return {
    describeStream: (input, abortSignal) => client.send(new DescribeStreamCommand(input), { abortSignal }),
    getShardIterator: (input, abortSignal) => client.send(new GetShardIteratorCommand(input), { abortSignal }),
    getRecords: (input, abortSignal) => client.send(new GetRecordsCommand(input), { abortSignal }),
  };
}
