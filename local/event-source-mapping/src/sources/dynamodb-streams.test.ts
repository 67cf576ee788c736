import { DynamoDBStreams } from '@aws-sdk/client-dynamodb-streams';
import { describe, expect, it } from 'vitest';
import { STREAM_ARN } from '../testing/scenario.ts';
import { type DynamoDbStreamsClient, dynamoDbStreamsSource, type RawStreamRecord } from './dynamodb-streams.ts';

const { signal } = new AbortController();

const raw: RawStreamRecord = {
  eventID: 'c4ca4238a0b923820dcc509a6f75849b',
  eventName: 'MODIFY',
  eventVersion: '1.1',
  dynamodb: {
    ApproximateCreationDateTime: new Date('2026-01-01T00:00:07.900Z'),
    Keys: { id: { S: 'a' } },
    NewImage: { id: { S: 'a' }, n: { N: '1' } },
    OldImage: { id: { S: 'a' } },
    SequenceNumber: '100000000000000000001',
    SizeBytes: 7,
    StreamViewType: 'NEW_AND_OLD_IMAGES',
  },
};

function sourceOf(client: Partial<DynamoDbStreamsClient>, streamArn = STREAM_ARN) {
  const unexpected = () => Promise.reject(new Error('unexpected call'));
  return dynamoDbStreamsSource({
    client: { describeStream: unexpected, getShardIterator: unexpected, getRecords: unexpected, ...client },
    streamArn,
    region: 'eu-west-1',
  });
}

async function read(record: RawStreamRecord, shardId = 'shard') {
  const source = sourceOf({ getRecords: async () => ({ Records: [record], NextShardIterator: 'next' }) });
  return (await source.getRecords(shardId, 'iterator', signal)).records[0];
}

describe('dynamoDbStreamsSource', () => {
  it('[event-dynamodb-record] makes the record that Lambda hands to a function, with its region', async () => {
    expect(await read(raw)).toEqual({
      sequenceNumber: '100000000000000000001',
      arrivalMs: Date.UTC(2026, 0, 1, 0, 0, 7),
      record: {
        eventID: 'c4ca4238a0b923820dcc509a6f75849b',
        eventName: 'MODIFY',
        eventVersion: '1.1',
        eventSource: 'aws:dynamodb',
        awsRegion: 'eu-west-1',
        dynamodb: {
          ApproximateCreationDateTime: 1_767_225_607,
          Keys: { id: { S: 'a' } },
          NewImage: { id: { S: 'a' }, n: { N: '1' } },
          OldImage: { id: { S: 'a' } },
          SequenceNumber: '100000000000000000001',
          SizeBytes: 7,
          StreamViewType: 'NEW_AND_OLD_IMAGES',
        },
        eventSourceARN: STREAM_ARN,
      },
    });
  });

  it('[event-attribute-values] writes binary values in base64 at every depth, and nothing else', async () => {
    const bytes = new Uint8Array([0, 255]);
    const attributes = {
      b: { B: bytes },
      bs: { BS: [bytes, 'AP8='] },
      l: { L: [{ B: bytes }, { NULL: true }] },
      m: { M: { inner: { B: bytes }, S: { N: '12345678901234567890123456789012345678' } } },
      flag: { BOOL: false },
      ss: { SS: ['x'] },
      ns: { NS: ['1', '2'] },
    };
    const result = await read({ ...raw, dynamodb: { ...raw.dynamodb, NewImage: attributes } });
    expect(result?.record).toMatchObject({
      dynamodb: {
        NewImage: {
          b: { B: 'AP8=' },
          bs: { BS: ['AP8=', 'AP8='] },
          l: { L: [{ B: 'AP8=' }, { NULL: true }] },
          m: { M: { inner: { B: 'AP8=' }, S: { N: '12345678901234567890123456789012345678' } } },
          flag: { BOOL: false },
          ss: { SS: ['x'] },
          ns: { NS: ['1', '2'] },
        },
      },
    });
  });

  it('[event-images] leaves out the image that an insert or a remove does not have', async () => {
    const { OldImage: _, ...insert } = raw.dynamodb ?? {};
    const result = await read({ ...raw, eventName: 'INSERT', dynamodb: insert });
    expect(result && 'dynamodb' in result.record && Object.keys(result.record.dynamodb)).not.toContain('OldImage');
  });

  it.each([
    { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' },
    { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
  ])('[event-user-identity] writes the user identity %j in lower case', async (userIdentity) => {
    const result = await read({ ...raw, userIdentity });
    expect(result?.record).toMatchObject({
      userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
    });
  });

  it.each([
    undefined,
    {},
  ])('[event-user-identity] has no userIdentity key when the stream says %j', async (userIdentity) => {
    expect((await read({ ...raw, userIdentity }))?.record).not.toHaveProperty('userIdentity');
  });

  it('replaces ids that repeat across tables by ones of the position, the same every time', async () => {
    const ids = await Promise.all(
      ['shard', 'shard', 'other'].map(
        async (shardId) => (await read({ ...raw, eventID: '1' }, shardId))?.record.eventID,
      ),
    );
    expect(ids[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('[event-creation-time] takes the creation time as a number too', async () => {
    const dynamodb = { ...raw.dynamodb, ApproximateCreationDateTime: 1_767_225_607.9 };
    expect(await read({ ...raw, dynamodb })).toMatchObject({ arrivalMs: 1_767_225_607_000 });
  });

  it('[shard-listing-pages] lists the shards of every page with their parents', async () => {
    const asked: (string | undefined)[] = [];
    const source = sourceOf({
      describeStream: async ({ ExclusiveStartShardId: from }) => {
        asked.push(from);
        return from
          ? { StreamDescription: { Shards: [{ ShardId: 'c', ParentShardId: 'b' }] } }
          : { StreamDescription: { Shards: [{ ShardId: 'a' }, { ShardId: 'b' }], LastEvaluatedShardId: 'b' } };
      },
    });
    expect(await source.listShards(signal)).toEqual([
      { shardId: 'a', parentShardIds: [] },
      { shardId: 'b', parentShardIds: [] },
      { shardId: 'c', parentShardIds: ['b'] },
    ]);
    expect(asked).toEqual([undefined, 'b']);
  });

  it('asks for an iterator after a sequence number', async () => {
    const source = sourceOf({ getShardIterator: async (input) => ({ ShardIterator: JSON.stringify(input) }) });
    const iterator = await source.getIterator('shard', { kind: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: '7' }, signal);
    expect(JSON.parse(iterator)).toEqual({
      StreamArn: STREAM_ARN,
      ShardId: 'shard',
      ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
      SequenceNumber: '7',
    });
  });

  it.each([
    undefined,
    null,
  ])('[shard-end] sees the end of the shard in a next iterator of %s', async (NextShardIterator) => {
    const source = sourceOf({ getRecords: async () => ({ Records: [], NextShardIterator }) });
    expect(await source.getRecords('shard', 'iterator', signal)).toEqual({ records: [] });
  });

  it('takes the client of the AWS SDK', () => {
    const sdk = new DynamoDBStreams({ region: 'eu-west-1' });
    const client: DynamoDbStreamsClient = {
      describeStream: (input, abortSignal) => sdk.describeStream(input, { abortSignal }),
      getShardIterator: (input, abortSignal) => sdk.getShardIterator(input, { abortSignal }),
      getRecords: (input, abortSignal) => sdk.getRecords(input, { abortSignal }),
    };
    expect(sourceOf(client).kind).toBe('dynamodb');
  });
});
