import { expect, test } from 'vitest';
import {
  type DynamoDbStreamSource,
  type StreamRecord,
  StreamRequestError,
  type StreamShard,
} from '../dynamodb-stream-source.ts';
import { createStreamFollower, type StreamFollower } from './stream-follower.ts';

function record(sequenceNumber: string): StreamRecord {
  return {
    eventID: sequenceNumber,
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'eu-west-1',
    dynamodb: {
      ApproximateCreationDateTime: 1,
      Keys: { id: { S: sequenceNumber } },
      NewImage: { id: { S: sequenceNumber } },
      SequenceNumber: sequenceNumber,
      SizeBytes: 1,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
  };
}

interface FakeShard extends StreamShard {
  readonly numbers: string[];
  readonly closed: boolean;
}

/** Iterators are `SHARD/INDEX`; each page holds two records. */
function fakeSource(shards: FakeShard[], failures: Error[] = []): DynamoDbStreamSource {
  const shardOf = (id: string) => shards.find(({ ShardId }) => ShardId === id) ?? expect.unreachable();
  return {
    describeStream: async (StreamArn) => ({
      StreamArn,
      StreamLabel: 'label',
      StreamStatus: 'ENABLED',
      StreamViewType: 'NEW_AND_OLD_IMAGES',
      TableName: 'users',
      Shards: shards,
    }),
    getShardIterator: async ({ shardId, sequenceNumber = '' }) =>
      `${shardId}/${shardOf(shardId).numbers.indexOf(sequenceNumber) + 1}`,
    async getRecords({ shardIterator }) {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      const [id = '', from = ''] = shardIterator.split('/');
      const { numbers, closed } = shardOf(id);
      const page = numbers.slice(Number(from), Number(from) + 2);
      const end = Number(from) + page.length;
      const more = !closed || end < numbers.length;
      return { records: page.map(record), ...(more ? { nextShardIterator: `${id}/${end}` } : {}) };
    },
  };
}

async function readRounds(follower: StreamFollower, rounds: number): Promise<string[]> {
  const numbers: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for await (const page of follower.round()) numbers.push(...page.map(({ dynamodb }) => dynamodb.SequenceNumber));
  }
  return numbers;
}

const streamArn = 'arn:aws:dynamodb:eu-west-1:000000000000:table/users/stream/label';

test('the children of a shard are read after its end', async () => {
  const source = fakeSource([
    { ShardId: 'child', ParentShardId: 'parent', numbers: ['4', '5'], closed: false },
    { ShardId: 'parent', ParentShardId: 'trimmed', numbers: ['1', '2', '3'], closed: true },
  ]);

  expect(await readRounds(createStreamFollower({ source, streamArn }), 4)).toEqual(['1', '2', '3', '4', '5']);
});

test('an expired iterator is replaced where reading stopped', async () => {
  const shard = { ShardId: 'only', numbers: ['1', '2', '3'], closed: false };
  const failures: Error[] = [];
  const follower = createStreamFollower({ source: fakeSource([shard], failures), streamArn });
  expect(await readRounds(follower, 1)).toEqual(['1', '2']);
  failures.push(new StreamRequestError('ExpiredIteratorException', 'too old'));

  await expect(readRounds(follower, 1)).rejects.toThrow('too old');

  expect(await readRounds(follower, 2)).toEqual(['3']);
});

test('another follower goes on where one has stopped, at the same shard and after those that have ended', async () => {
  const source = fakeSource([
    { ShardId: 'child', ParentShardId: 'parent', numbers: ['4', '5', '6', '7'], closed: false },
    { ShardId: 'parent', numbers: ['1', '2', '3'], closed: true },
  ]);
  const first = createStreamFollower({ source, streamArn });
  expect(await readRounds(first, 3)).toEqual(['1', '2', '3', '4', '5']);
  const after = first.progress();

  expect(await readRounds(createStreamFollower({ source, streamArn, after }), 2)).toEqual(['6', '7']);
});
