/** Reads both streams back from their oldest record to their newest, after all writing has ended. */
import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import {
  GetRecordsCommand as GetKinesisRecordsCommand,
  type GetRecordsCommandOutput as GetKinesisRecordsCommandOutput,
  GetShardIteratorCommand as GetKinesisShardIteratorCommand,
  type KinesisClient,
  type _Record as KinesisRecord,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis';
import { isTombstone, type SourceRecord, type StoredItem } from './stored.ts';

export async function readTableStream(client: DynamoDBStreamsClient, streamArn: string): Promise<SourceRecord[]> {
  const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn: streamArn }));
  const records: SourceRecord[] = [];
  for (const { ShardId: shardId = '' } of StreamDescription?.Shards ?? []) {
    const start = { StreamArn: streamArn, ShardId: shardId, ShardIteratorType: 'TRIM_HORIZON' as const };
    let { ShardIterator: iterator } = await client.send(new GetShardIteratorCommand(start));
    while (iterator !== undefined) {
      const page: GetRecordsCommandOutput = await client.send(new GetRecordsCommand({ ShardIterator: iterator }));
      // Nothing is being written any more, so that an empty page of this engine is the tip of an open shard.
      if (page.Records === undefined || page.Records.length === 0) break;
      for (const record of page.Records) {
        records.push(toSourceRecord(record, { shardId, sequenceNumber: record.dynamodb?.SequenceNumber ?? '' }));
      }
      iterator = page.NextShardIterator;
    }
  }
  return records;
}

export async function readKinesisStream(client: KinesisClient, streamName: string): Promise<SourceRecord[]> {
  const records: SourceRecord[] = [];
  for await (const { shardId, record } of kinesisRecords(client, streamName)) {
    const { Data, SequenceNumber: sequenceNumber = '', ApproximateArrivalTimestamp } = record;
    const arrivedAtMs = ApproximateArrivalTimestamp?.getTime() ?? 0;
    records.push(toSourceRecord(tableRecordOf(Data), { shardId, sequenceNumber, arrivedAtMs }));
  }
  return records;
}

/** As Kinesis gives them, shard by shard. */
export async function* kinesisRecords(
  client: KinesisClient,
  streamName: string,
): AsyncGenerator<{ readonly shardId: string; readonly record: KinesisRecord }> {
  const { Shards } = await client.send(new ListShardsCommand({ StreamName: streamName }));
  for (const { ShardId: shardId = '' } of Shards ?? []) {
    const start = { StreamName: streamName, ShardId: shardId, ShardIteratorType: 'TRIM_HORIZON' as const };
    let { ShardIterator: iterator } = await client.send(new GetKinesisShardIteratorCommand(start));
    while (iterator !== undefined) {
      const page: GetKinesisRecordsCommandOutput = await client.send(
        new GetKinesisRecordsCommand({ ShardIterator: iterator }),
      );
      for (const record of page.Records ?? []) yield { shardId, record };
      if (page.Records?.length === 0 && page.MillisBehindLatest === 0) break;
      iterator = page.NextShardIterator;
    }
  }
}

/** The change that a record of Kinesis holds. */
export function tableRecordOf(data: Uint8Array | undefined): TableRecord {
  return JSON.parse(Buffer.from(data ?? []).toString('utf8')) as TableRecord;
}

export interface TableRecord {
  readonly eventID?: string | undefined;
  readonly eventName?: string | undefined;
  readonly dynamodb?:
    | {
        readonly Keys?: StoredItem | undefined;
        readonly OldImage?: StoredItem | undefined;
        readonly NewImage?: StoredItem | undefined;
      }
    | undefined;
}

type Place = Pick<SourceRecord, 'shardId' | 'sequenceNumber' | 'arrivedAtMs'>;

function toSourceRecord(record: TableRecord, place: Place): SourceRecord {
  const { Keys, OldImage, NewImage } = record.dynamodb ?? {};
  const oldImage = OldImage === undefined || isTombstone(OldImage) ? undefined : OldImage;
  const newImage = NewImage === undefined || isTombstone(NewImage) ? undefined : NewImage;
  const [oldStamp, newStamp] = [OldImage?._v?.S, NewImage?._v?.S];
  return {
    ...place,
    eventName: oldImage === undefined ? (newImage === undefined ? 'NONE' : 'INSERT') : newImage ? 'MODIFY' : 'REMOVE',
    eventId: record.eventID ?? '',
    id: Keys?.id?.S ?? '',
    ...(oldImage === undefined ? {} : { oldImage }),
    ...(newImage === undefined ? {} : { newImage }),
    ...(OldImage === undefined ? {} : { oldStored: OldImage }),
    ...(NewImage === undefined ? {} : { newStored: NewImage }),
    ...(oldStamp === undefined ? {} : { oldStamp }),
    ...(newStamp === undefined ? {} : { newStamp }),
  };
}
