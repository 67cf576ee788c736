import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
  type _Record as SdkRecord,
  type Shard,
} from '@aws-sdk/client-dynamodb-streams';
import type { Clock } from '../../batch/clock.ts';
import { FatalConfigError } from '../../batch/errors.ts';
import type { ShardIdentity } from '../../batch/sink.ts';
import { compareSequenceNumbers } from '../../change/version.ts';
import { toImage } from '../dynamodb/image.ts';
import type { TableStream } from './port.ts';

/**
 * An empty page is not the end of a shard: GetRecords passes stretches without records, also in one that has some. So
 * many in a row, some time apart, are taken for the end.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html
 */
const EMPTY_PAGES = 5;
const EMPTY_PAUSE_MS = 300;

interface Options {
  readonly dynamodb: Pick<DynamoDBClient, 'send'>;
  readonly streams: Pick<DynamoDBStreamsClient, 'send'>;
  /** Physical name. */
  readonly tableName: string;
  readonly clock: Clock;
}

/**
 * The stream of a table. Every read counts against the two readers that DynamoDB lets a shard have, so it is for reads
 * now and then: a mapping that is throttled by it for a moment tries again.
 *
 * @throws {FatalConfigError} when the table has no stream
 */
export function tableStream(options: Options): TableStream {
  const { streams, clock } = options;
  return {
    shards: async () => {
      const streamArn = await streamOf(options);
      const shards = await shardsOf(streamArn, streams);
      return shards.flatMap(({ ShardId }) => (ShardId === undefined ? [] : [{ streamArn, shardId: ShardId }]));
    },
    read: async function* (shard, after) {
      // Taken before anything is read: what comes through it is younger than everything that has to be read.
      const isPassedBy = await raiseFence(shard, streams);
      let iterator = await iteratorAfter(shard, after, streams);
      for (let empty = 0; iterator !== undefined && empty < EMPTY_PAGES; ) {
        const page: GetRecordsCommandOutput = await streams.send(new GetRecordsCommand({ ShardIterator: iterator }));
        const { Records = [] } = page;
        iterator = page.NextShardIterator;
        empty = Records.length === 0 ? empty + 1 : 0;
        if (Records.length > 0) yield Records.map((record) => asDelivered(record, shard));
        if (await isPassedBy(Records.at(-1)?.dynamodb?.SequenceNumber)) return;
        if (Records.length === 0 && iterator !== undefined) await clock.sleep(EMPTY_PAUSE_MS);
      }
    },
  };
}

/** Whether a record is the first one after now, or younger. */
type Fence = (sequenceNumber: string | undefined) => Promise<boolean>;

/** In a shard that is written all the time no page is ever the last one: the first record from now on is the end. */
async function raiseFence(shard: ShardIdentity, streams: Options['streams']): Promise<Fence> {
  let iterator = await iteratorOf(shard, { ShardIteratorType: 'LATEST' }, streams);
  let first: string | undefined;
  return async (sequenceNumber) => {
    if (first === undefined && iterator !== undefined) {
      const page: GetRecordsCommandOutput = await streams.send(new GetRecordsCommand({ ShardIterator: iterator }));
      iterator = page.NextShardIterator;
      first = page.Records?.[0]?.dynamodb?.SequenceNumber;
    }
    return first !== undefined && sequenceNumber !== undefined && compareSequenceNumbers(sequenceNumber, first) >= 0;
  };
}

async function streamOf({ dynamodb, tableName }: Options): Promise<string> {
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: tableName }));
  if (Table?.LatestStreamArn !== undefined) return Table.LatestStreamArn;
  throw new FatalConfigError('configuration', `the table ${tableName} has no stream: switch one on, with both images`);
}

async function shardsOf(StreamArn: string, streams: Options['streams']): Promise<readonly Shard[]> {
  const shards: Shard[] = [];
  let ExclusiveStartShardId: string | undefined;
  do {
    const from = ExclusiveStartShardId === undefined ? {} : { ExclusiveStartShardId };
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn, ...from }));
    shards.push(...(StreamDescription?.Shards ?? []));
    ExclusiveStartShardId = StreamDescription?.LastEvaluatedShardId;
  } while (ExclusiveStartShardId !== undefined);
  return shards;
}

/** From the oldest record there is, when the place after which to go on is forgotten. */
async function iteratorAfter(
  shard: ShardIdentity,
  after: string | undefined,
  streams: Options['streams'],
): Promise<string | undefined> {
  const oldest = () => iteratorOf(shard, { ShardIteratorType: 'TRIM_HORIZON' }, streams);
  if (after === undefined) return oldest();
  try {
    const place = { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after } as const;
    return await iteratorOf(shard, place, streams);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'TrimmedDataAccessException') throw error;
    return oldest();
  }
}

async function iteratorOf(
  { streamArn, shardId }: ShardIdentity,
  place: Pick<GetShardIteratorCommandInput, 'ShardIteratorType' | 'SequenceNumber'>,
  streams: Options['streams'],
): Promise<string | undefined> {
  const input = { StreamArn: streamArn, ShardId: shardId, ...place };
  return (await streams.send(new GetShardIteratorCommand(input))).ShardIterator;
}

/** In the shape in which Lambda delivers it. */
function asDelivered({ dynamodb = {}, userIdentity, ...record }: SdkRecord, { streamArn }: ShardIdentity): unknown {
  const { Keys, NewImage, OldImage, ApproximateCreationDateTime, ...change } = dynamodb;
  return {
    ...record,
    dynamodb: {
      ...change,
      ApproximateCreationDateTime: Math.floor((ApproximateCreationDateTime?.getTime() ?? 0) / 1000),
      Keys: toImage(Keys ?? {}),
      ...(NewImage === undefined ? {} : { NewImage: toImage(NewImage) }),
      ...(OldImage === undefined ? {} : { OldImage: toImage(OldImage) }),
    },
    eventSourceARN: streamArn,
    ...(userIdentity === undefined
      ? {}
      : { userIdentity: { type: userIdentity.Type, principalId: userIdentity.PrincipalId } }),
  };
}
