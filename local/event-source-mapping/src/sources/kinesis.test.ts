import { Kinesis } from '@aws-sdk/client-kinesis';
import { describe, expect, it } from 'vitest';
import { KINESIS_ARN } from '../testing/scenario.ts';
import { type KinesisStreamClient, kinesisSource } from './kinesis.ts';

const { signal } = new AbortController();
const invokeIdentityArn = 'arn:aws:iam::000000000000:role/mapping';

function sourceOf(client: Partial<KinesisStreamClient>) {
  const unexpected = () => Promise.reject(new Error('unexpected call'));
  return kinesisSource({
    client: { describeStream: unexpected, getShardIterator: unexpected, getRecords: unexpected, ...client },
    streamArn: KINESIS_ARN,
    region: 'eu-west-1',
    invokeIdentityArn,
  });
}

describe('kinesisSource', () => {
  it('[event-kinesis-record] makes the record that Lambda hands to a function', async () => {
    const source = sourceOf({
      getRecords: async () => ({
        Records: [
          {
            SequenceNumber: '49590338271490256608559692538361571095921575989136588898',
            ApproximateArrivalTimestamp: new Date('2026-01-01T00:00:07.123Z'),
            Data: new TextEncoder().encode('{"a":1}'),
            PartitionKey: 'key',
          },
        ],
        NextShardIterator: 'next',
        MillisBehindLatest: 40,
      }),
    });
    expect(await source.getRecords('shardId-000000000006', 'iterator', signal)).toEqual({
      records: [
        {
          sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
          arrivalMs: Date.UTC(2026, 0, 1, 0, 0, 7, 123),
          record: {
            kinesis: {
              kinesisSchemaVersion: '1.0',
              partitionKey: 'key',
              sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
              data: 'eyJhIjoxfQ==',
              approximateArrivalTimestamp: 1_767_225_607.123,
            },
            eventSource: 'aws:kinesis',
            eventVersion: '1.0',
            eventID: 'shardId-000000000006:49590338271490256608559692538361571095921575989136588898',
            eventName: 'aws:kinesis:record',
            invokeIdentityArn,
            awsRegion: 'eu-west-1',
            eventSourceARN: KINESIS_ARN,
          },
        },
      ],
      nextIterator: 'next',
      behindMs: 40,
    });
  });

  it('[shard-listing-pages] lists the shards of every page, those of a merge with both parents', async () => {
    const source = sourceOf({
      describeStream: async ({ ExclusiveStartShardId: from }) => ({
        StreamDescription: from
          ? { Shards: [{ ShardId: 'c', ParentShardId: 'a', AdjacentParentShardId: 'b' }], HasMoreShards: false }
          : { Shards: [{ ShardId: 'a' }, { ShardId: 'b' }], HasMoreShards: true },
      }),
    });
    expect(await source.listShards(signal)).toEqual([
      { shardId: 'a', parentShardIds: [] },
      { shardId: 'b', parentShardIds: [] },
      { shardId: 'c', parentShardIds: ['a', 'b'] },
    ]);
  });

  it('asks for an iterator at a point in time', async () => {
    const source = sourceOf({ getShardIterator: async (input) => ({ ShardIterator: JSON.stringify(input) }) });
    const iterator = await source.getIterator('shard', { kind: 'AT_TIMESTAMP', timestampMs: 5000 }, signal);
    expect(JSON.parse(iterator)).toMatchObject({
      ShardIteratorType: 'AT_TIMESTAMP',
      Timestamp: '1970-01-01T00:00:05.000Z',
    });
  });

  it('takes the client of the AWS SDK', () => {
    const sdk = new Kinesis({ region: 'eu-west-1' });
    const client: KinesisStreamClient = {
      describeStream: (input, abortSignal) => sdk.describeStream(input, { abortSignal }),
      getShardIterator: (input, abortSignal) => sdk.getShardIterator(input, { abortSignal }),
      getRecords: (input, abortSignal) => sdk.getRecords(input, { abortSignal }),
    };
    expect(sourceOf(client).kind).toBe('kinesis');
  });
});
