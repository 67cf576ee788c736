import { createHash } from 'node:crypto';
import type { DynamoDbEventRecord } from '../event.ts';
import type { Source, SourceRecord, SourceShard, StartPoint } from '../source.ts';
import { type RawAttributeMap, toAttributeMap } from './attribute-values.ts';

/** The calls needed of a DynamoDB Streams client; outputs as its API returns them, read raw or by an SDK. */
export interface DynamoDbStreamsClient {
  describeStream(input: DescribeInput, signal: AbortSignal): Promise<RawStreamDescription>;
  getShardIterator(input: IteratorInput, signal: AbortSignal): Promise<{ ShardIterator?: string | undefined }>;
  getRecords(input: { ShardIterator: string }, signal: AbortSignal): Promise<RawRecordPage>;
}

interface DescribeInput {
  readonly StreamArn: string;
  readonly ExclusiveStartShardId?: string;
}

interface IteratorInput {
  readonly StreamArn: string;
  readonly ShardId: string;
  readonly ShardIteratorType: 'TRIM_HORIZON' | 'LATEST' | 'AFTER_SEQUENCE_NUMBER';
  readonly SequenceNumber?: string;
}

interface RawStreamDescription {
  readonly StreamDescription?:
    | {
        readonly Shards?:
          | readonly { readonly ShardId?: string | undefined; readonly ParentShardId?: string | undefined }[]
          | undefined;
        readonly LastEvaluatedShardId?: string | undefined;
      }
    | undefined;
}

interface RawRecordPage {
  readonly Records?: readonly RawStreamRecord[] | undefined;
  readonly NextShardIterator?: string | null | undefined;
}

export interface RawStreamRecord {
  readonly eventID?: string | undefined;
  readonly eventName?: string | undefined;
  readonly eventVersion?: string | undefined;
  readonly dynamodb?:
    | {
        /** A date from an SDK, epoch seconds when read raw. */
        readonly ApproximateCreationDateTime?: Date | number | undefined;
        readonly Keys?: RawAttributeMap | undefined;
        readonly NewImage?: RawAttributeMap | undefined;
        readonly OldImage?: RawAttributeMap | undefined;
        readonly SequenceNumber?: string | undefined;
        readonly SizeBytes?: number | undefined;
        readonly StreamViewType?: string | undefined;
      }
    | undefined;
  /** `Type` and `PrincipalId` from an SDK; some engines, read raw, write them in lower case as Lambda does. */
  readonly userIdentity?: object | undefined;
}

export interface DynamoDbStreamsOptions {
  readonly client: DynamoDbStreamsClient;
  readonly streamArn: string;
  /** Goes into every record: local engines name a region of their own. */
  readonly region: string;
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html */
const RETENTION_MS = 24 * 3_600_000;

/** The stream of a table, record for record as Lambda hands it to a function. */
export function dynamoDbStreamsSource({ client, streamArn, region }: DynamoDbStreamsOptions): Source {
  return {
    kind: 'dynamodb',
    arn: streamArn,
    retentionMs: RETENTION_MS,
    async listShards(signal) {
      const shards: SourceShard[] = [];
      let from: string | undefined;
      do {
        const input = { StreamArn: streamArn, ...(from === undefined ? {} : { ExclusiveStartShardId: from }) };
        const { StreamDescription: description } = await client.describeStream(input, signal);
        for (const { ShardId, ParentShardId } of description?.Shards ?? []) {
          if (ShardId) shards.push({ shardId: ShardId, parentShardIds: ParentShardId ? [ParentShardId] : [] });
        }
        from = description?.LastEvaluatedShardId;
      } while (from);
      return shards;
    },
    async getIterator(shardId, start, signal) {
      const input = { StreamArn: streamArn, ShardId: shardId, ...iteratorType(start) };
      const { ShardIterator } = await client.getShardIterator(input, signal);
      if (!ShardIterator) throw new Error(`DynamoDB Streams returned no iterator for shard ${shardId}.`);
      return ShardIterator;
    },
    async getRecords(shardId, iterator, signal) {
      const { Records = [], NextShardIterator } = await client.getRecords({ ShardIterator: iterator }, signal);
      return {
        records: Records.map((raw) => dynamoDbRecord(raw, { streamArn, shardId, region })),
        ...(NextShardIterator ? { nextIterator: NextShardIterator } : {}),
      };
    },
  };
}

function iteratorType(start: StartPoint): Pick<IteratorInput, 'ShardIteratorType' | 'SequenceNumber'> {
  if (start.kind === 'AFTER_SEQUENCE_NUMBER') {
    return { ShardIteratorType: start.kind, SequenceNumber: start.sequenceNumber };
  }
  if (start.kind === 'AT_TIMESTAMP') throw new Error('A DynamoDB stream cannot be read from a point in time.');
  return { ShardIteratorType: start.kind };
}

/** Where a change comes from, as its event tells. */
export interface DynamoDbOrigin {
  readonly streamArn: string;
  readonly shardId: string;
  readonly region: string;
}

/** A record of the API as the mapping takes it. */
export function dynamoDbRecord(raw: RawStreamRecord, origin: DynamoDbOrigin): SourceRecord {
  const change = raw.dynamodb;
  const sequenceNumber = change?.SequenceNumber;
  if (!change || !sequenceNumber) {
    throw new Error(`Shard ${origin.shardId} holds a record without a sequence number: it has no place in the order.`);
  }
  const seconds = epochSeconds(change.ApproximateCreationDateTime);
  const identity = userIdentity(raw.userIdentity);
  const record: DynamoDbEventRecord = {
    eventID: eventId(raw.eventID, sequenceNumber, origin),
    eventName: raw.eventName ?? '',
    eventVersion: raw.eventVersion ?? '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: origin.region,
    dynamodb: {
      ApproximateCreationDateTime: seconds,
      Keys: toAttributeMap(change.Keys ?? {}),
      ...(change.NewImage ? { NewImage: toAttributeMap(change.NewImage) } : {}),
      ...(change.OldImage ? { OldImage: toAttributeMap(change.OldImage) } : {}),
      SequenceNumber: sequenceNumber,
      SizeBytes: change.SizeBytes ?? 0,
      StreamViewType: change.StreamViewType ?? '',
    },
    ...(identity ? { userIdentity: identity } : {}),
    eventSourceARN: origin.streamArn,
  };
  return { sequenceNumber, arrivalMs: seconds * 1000, record };
}

function epochSeconds(time: Date | number | undefined): number {
  return Math.floor(time instanceof Date ? time.getTime() / 1000 : (time ?? 0));
}

/** Lambda's are 32 hexadecimal digits; engines whose ids repeat across tables get one made of the record's position. */
function eventId(given: string | undefined, sequenceNumber: string, { streamArn, shardId }: DynamoDbOrigin): string {
  if (given !== undefined && /^[0-9a-f]{32}$/.test(given)) return given;
  return createHash('md5').update(`${streamArn}|${shardId}|${sequenceNumber}`).digest('hex');
}

function userIdentity(raw: object | undefined): { type: string; principalId: string } | undefined {
  const byName = new Map(Object.entries(raw ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  const type: unknown = byName.get('type');
  const principalId: unknown = byName.get('principalid');
  return typeof type === 'string' && typeof principalId === 'string' ? { type, principalId } : undefined;
}
