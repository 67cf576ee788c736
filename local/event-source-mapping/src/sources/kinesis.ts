import type { KinesisEventRecord } from '../event.ts';
import type { Source, SourceRecord, SourceShard, StartPoint } from '../source.ts';

/** The calls needed of a Kinesis client; outputs as its API returns them. */
export interface KinesisStreamClient {
  describeStream(input: DescribeInput, signal: AbortSignal): Promise<RawStreamDescription>;
  getShardIterator(input: IteratorInput, signal: AbortSignal): Promise<{ ShardIterator?: string | undefined }>;
  getRecords(input: { ShardIterator: string; StreamARN: string }, signal: AbortSignal): Promise<RawRecordPage>;
}

interface DescribeInput {
  readonly StreamARN: string;
  readonly ExclusiveStartShardId?: string;
}

interface IteratorInput {
  readonly StreamARN: string;
  readonly ShardId: string;
  readonly ShardIteratorType: StartPoint['kind'];
  readonly StartingSequenceNumber?: string;
  readonly Timestamp?: Date;
}

interface RawShard {
  readonly ShardId: string | undefined;
  readonly ParentShardId?: string | undefined;
  readonly AdjacentParentShardId?: string | undefined;
}

interface RawStreamDescription {
  readonly StreamDescription?:
    | { readonly Shards: readonly RawShard[] | undefined; readonly HasMoreShards: boolean | undefined }
    | undefined;
}

interface RawRecordPage {
  readonly Records: readonly RawKinesisRecord[] | undefined;
  readonly NextShardIterator?: string | null | undefined;
  readonly MillisBehindLatest?: number | undefined;
}

export interface RawKinesisRecord {
  readonly SequenceNumber: string | undefined;
  readonly ApproximateArrivalTimestamp?: Date | undefined;
  readonly Data: Uint8Array | undefined;
  readonly PartitionKey: string | undefined;
}

export interface KinesisOptions {
  readonly client: KinesisStreamClient;
  readonly streamArn: string;
  readonly region: string;
  /** The role that the mapping would run under. */
  readonly invokeIdentityArn: string;
  /** As the stream is set: 24 hours to 365 days. @default 24 hours */
  readonly retentionMs?: number;
}

const DAY_MS = 24 * 3_600_000;

/** A Kinesis stream, record for record as Lambda hands it to a function. */
export function kinesisSource(options: KinesisOptions): Source {
  const { client, streamArn, region, invokeIdentityArn, retentionMs = DAY_MS } = options;
  return {
    kind: 'kinesis',
    arn: streamArn,
    retentionMs,
    async listShards(signal) {
      const shards: SourceShard[] = [];
      let more = true;
      while (more) {
        const last = shards.at(-1)?.shardId;
        const input = { StreamARN: streamArn, ...(last === undefined ? {} : { ExclusiveStartShardId: last }) };
        const { StreamDescription: description } = await client.describeStream(input, signal);
        const page = (description?.Shards ?? []).flatMap(toShard);
        shards.push(...page);
        more = description?.HasMoreShards === true && page.length > 0;
      }
      return shards;
    },
    async getIterator(shardId, start, signal) {
      const input = { StreamARN: streamArn, ShardId: shardId, ...iteratorType(start) };
      const { ShardIterator } = await client.getShardIterator(input, signal);
      if (!ShardIterator) throw new Error(`Kinesis returned no iterator for shard ${shardId}.`);
      return ShardIterator;
    },
    async getRecords(shardId, iterator, signal) {
      const page = await client.getRecords({ ShardIterator: iterator, StreamARN: streamArn }, signal);
      const { Records, NextShardIterator, MillisBehindLatest } = page;
      return {
        records: (Records ?? []).map((raw) => kinesisRecord(raw, { streamArn, shardId, region, invokeIdentityArn })),
        ...(NextShardIterator ? { nextIterator: NextShardIterator } : {}),
        ...(MillisBehindLatest === undefined ? {} : { behindMs: MillisBehindLatest }),
      };
    },
  };
}

function toShard({ ShardId, ParentShardId, AdjacentParentShardId }: RawShard): SourceShard[] {
  if (!ShardId) return [];
  const parents = [ParentShardId, AdjacentParentShardId];
  return [{ shardId: ShardId, parentShardIds: parents.flatMap((parent) => (parent ? [parent] : [])) }];
}

function iteratorType(
  start: StartPoint,
): Pick<IteratorInput, 'ShardIteratorType' | 'StartingSequenceNumber' | 'Timestamp'> {
  if (start.kind === 'AFTER_SEQUENCE_NUMBER') {
    return { ShardIteratorType: start.kind, StartingSequenceNumber: start.sequenceNumber };
  }
  if (start.kind === 'AT_TIMESTAMP') return { ShardIteratorType: start.kind, Timestamp: new Date(start.timestampMs) };
  return { ShardIteratorType: start.kind };
}

/** Where a Kinesis record comes from, as its event tells. */
export interface KinesisOrigin {
  readonly streamArn: string;
  readonly shardId: string;
  readonly region: string;
  readonly invokeIdentityArn: string;
}

/** A record of the API as the mapping takes it. */
export function kinesisRecord(raw: RawKinesisRecord, origin: KinesisOrigin): SourceRecord {
  const { SequenceNumber: sequenceNumber, ApproximateArrivalTimestamp: arrival } = raw;
  if (!sequenceNumber) {
    throw new Error(`Shard ${origin.shardId} holds a record without a sequence number: it has no place in the order.`);
  }
  const arrivalMs = arrival?.getTime() ?? 0;
  const record: KinesisEventRecord = {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: raw.PartitionKey ?? '',
      sequenceNumber,
      data: Buffer.from(raw.Data ?? []).toString('base64'),
      approximateArrivalTimestamp: arrivalMs / 1000,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `${origin.shardId}:${sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: origin.invokeIdentityArn,
    awsRegion: origin.region,
    eventSourceARN: origin.streamArn,
  };
  return { sequenceNumber, arrivalMs, record };
}
