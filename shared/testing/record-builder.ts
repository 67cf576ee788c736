import type { AttributeMap } from '../change/attribute-value.ts';
import { encodeImagesAgain, type Images } from './record-builder-binary.ts';
import { type PlainItem, toImage } from './record-builder-item.ts';

/**
 * Lambda records for tests, from plain items, as AWS delivers them: `streamRecords()` for a DynamoDB stream,
 * `kinesisRecords()` for Kinesis Data Streams for DynamoDB. Each builder numbers its records in the order of the calls
 * (22 digits, so that reading one as a `number` shows) and spaces them one second apart; both can be set per record.
 */
export interface RecordBuilder<Record> {
  insert(newImage: PlainItem, at?: RecordPlace): Record;
  modify(oldImage: PlainItem, newImage: PlainItem, at?: RecordPlace): Record;
  remove(oldImage: PlainItem, at?: RecordPlace): Record;
  /** A removal by time to live. */
  expire(oldImage: PlainItem, at?: RecordPlace): Record;
  /** From images as DynamoDB has them. */
  record(change: WireChange, at?: RecordPlace): Record;
}

export interface WireChange extends Images {
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  /** A removal by time to live. @default false */
  readonly isTimeToLive?: boolean;
}

interface RecordPlace {
  readonly sequenceNumber?: string;
  /** Creation time. @default one second after the builder's record before, from 2026-01-01T00:00:01Z on */
  readonly createdAtMicroseconds?: bigint;
  /** @default derived from the sequence number; give the same one to both records of a Kinesis duplicate */
  readonly eventId?: string;
}

export interface RecordBuilderOptions {
  /** Names of the key attributes. @default ['id'] */
  readonly keyNames?: readonly string[];
  readonly tableName?: string;
  readonly streamArn?: string;
  /** Kinesis only: DynamoDB records do not name their shard. */
  readonly shardId?: string;
  /** Kinesis only. @default 'microsecond' */
  readonly precision?: 'millisecond' | 'microsecond';
}

export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: EventName;
  readonly eventVersion: string;
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly dynamodb: StreamRecordBody;
  readonly userIdentity?: UserIdentity;
  readonly eventSourceARN: string;
}

export interface KinesisRecord {
  readonly kinesis: {
    readonly kinesisSchemaVersion: '1.0';
    readonly partitionKey: string;
    readonly sequenceNumber: string;
    readonly data: string;
    readonly approximateArrivalTimestamp: number;
  };
  readonly eventSource: 'aws:kinesis';
  readonly eventVersion: '1.0';
  readonly eventID: string;
  readonly eventName: 'aws:kinesis:record';
  readonly invokeIdentityArn: string;
  readonly awsRegion: string;
  readonly eventSourceARN: string;
}

type EventName = WireChange['eventName'];

interface UserIdentity {
  readonly type: string;
  readonly principalId: string;
}

interface ChangeBody {
  readonly ApproximateCreationDateTime: number;
  readonly Keys: AttributeMap;
  readonly NewImage?: AttributeMap;
  readonly OldImage?: AttributeMap;
  readonly SizeBytes: number;
}

interface StreamRecordBody extends ChangeBody {
  readonly SequenceNumber: string;
  readonly StreamViewType: string;
}

const region = 'eu-central-1';
const firstSequenceNumber = 1_000_000_000_000_000_000_000n;
const firstCreationMicroseconds = 1_767_225_600_000_000n;

export function streamRecords(options: RecordBuilderOptions = {}): RecordBuilder<StreamRecord> {
  const tableName = options.tableName ?? 'users';
  const label = '2026-01-01T00:00:00.000';
  const streamArn = options.streamArn ?? `arn:aws:dynamodb:${region}:123456789012:table/${tableName}/stream/${label}`;
  return builder(options, (draft) => ({
    eventID: draft.eventId.replaceAll('-', ''),
    eventName: draft.eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: region,
    dynamodb: {
      ApproximateCreationDateTime: Number(draft.microseconds / 1_000_000n),
      ...draft.images,
      SequenceNumber: draft.sequenceNumber,
      SizeBytes: JSON.stringify(draft.images).length,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    ...(draft.userIdentity === undefined ? {} : { userIdentity: draft.userIdentity }),
    eventSourceARN: streamArn,
  }));
}

export function kinesisRecords(options: RecordBuilderOptions = {}): RecordBuilder<KinesisRecord> {
  const tableName = options.tableName ?? 'users';
  const streamArn = options.streamArn ?? `arn:aws:kinesis:${region}:123456789012:stream/${tableName}`;
  const shardId = options.shardId ?? 'shardId-000000000000';
  const divisor = options.precision === 'millisecond' ? 1000n : 1n;
  return builder(options, (draft) => {
    const data = {
      awsRegion: region,
      eventID: draft.eventId,
      eventName: draft.eventName,
      userIdentity: draft.userIdentity ?? null,
      recordFormat: 'application/json',
      tableName,
      dynamodb: {
        ApproximateCreationDateTime: Number(draft.microseconds / divisor),
        ...encodeImagesAgain(draft.images),
        SizeBytes: JSON.stringify(draft.images).length,
      },
      eventSource: 'aws:dynamodb',
    };
    return {
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey: Buffer.from(JSON.stringify(draft.images.Keys)).toString('hex').slice(0, 32).toUpperCase(),
        sequenceNumber: draft.sequenceNumber,
        data: Buffer.from(JSON.stringify(data)).toString('base64'),
        approximateArrivalTimestamp: Number(draft.microseconds / 1000n) / 1000,
      },
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventID: `${shardId}:${draft.sequenceNumber}`,
      eventName: 'aws:kinesis:record',
      invokeIdentityArn: 'arn:aws:iam::123456789012:role/consumer',
      awsRegion: region,
      eventSourceARN: streamArn,
    };
  });
}

interface Draft {
  readonly eventName: EventName;
  readonly images: Images;
  readonly sequenceNumber: string;
  readonly microseconds: bigint;
  readonly eventId: string;
  readonly userIdentity?: UserIdentity;
}

function builder<Record>(options: RecordBuilderOptions, finish: (draft: Draft) => Record): RecordBuilder<Record> {
  const keyNames = options.keyNames ?? ['id'];
  let count = 0n;
  const record = ({ eventName, isTimeToLive, Keys, OldImage, NewImage }: WireChange, at: RecordPlace = {}): Record => {
    count += 1n;
    const sequenceNumber = at.sequenceNumber ?? `${firstSequenceNumber + count}`;
    return finish({
      eventName,
      images: { Keys, ...(NewImage && { NewImage }), ...(OldImage && { OldImage }) },
      sequenceNumber,
      microseconds: at.createdAtMicroseconds ?? firstCreationMicroseconds + count * 1_000_000n,
      eventId: at.eventId ?? toUuid(sequenceNumber),
      ...(isTimeToLive ? { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } } : {}),
    });
  };
  const toImages = (images: { readonly OldImage?: PlainItem; readonly NewImage?: PlainItem }): Images => {
    const NewImage = images.NewImage && toImage(images.NewImage);
    const OldImage = images.OldImage && toImage(images.OldImage);
    const Keys = pick(NewImage ?? OldImage ?? {}, keyNames);
    return { Keys, ...(NewImage && { NewImage }), ...(OldImage && { OldImage }) };
  };
  return {
    record,
    insert: (NewImage, at) => record({ eventName: 'INSERT', ...toImages({ NewImage }) }, at),
    modify: (OldImage, NewImage, at) => record({ eventName: 'MODIFY', ...toImages({ OldImage, NewImage }) }, at),
    remove: (OldImage, at) => record({ eventName: 'REMOVE', ...toImages({ OldImage }) }, at),
    expire: (OldImage, at) => record({ eventName: 'REMOVE', isTimeToLive: true, ...toImages({ OldImage }) }, at),
  };
}

function pick(image: AttributeMap, names: readonly string[]): AttributeMap {
  return Object.fromEntries(Object.entries(image).filter(([name]) => names.includes(name)));
}

function toUuid(sequenceNumber: string): string {
  const hex = BigInt(sequenceNumber).toString(16).padStart(32, '0').slice(-32);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
