/**
 * A change as Kinesis Data Streams for DynamoDB puts it into its stream (developer guide, "Using Kinesis Data Streams
 * with DynamoDB"). It looks like a stream record and is none: binary values are base64 twice, the creation time is an
 * integer, there is neither a sequence number nor a view type, both images are always there, and `userIdentity` is null
 * where a user wrote.
 */
import { hash } from 'node:crypto';
import type { AttributeMap, AttributeValue } from '../../../shared/change/attribute-value.ts';
import type { StreamRecord } from '../dynamodb-stream-source.ts';

export interface KinesisRecord {
  /** 32 upper-case hex digits, a function of the item's key: changes of an item share a shard. */
  readonly partitionKey: string;
  /** UTF-8 JSON. */
  readonly data: Uint8Array;
}

export interface KinesisRecordOptions {
  readonly record: StreamRecord;
  readonly tableName: string;
  readonly createdAtMicroseconds: number;
}

export function toKinesisRecord({ record, tableName, createdAtMicroseconds }: KinesisRecordOptions): KinesisRecord {
  const { Keys, NewImage, OldImage, SizeBytes } = record.dynamodb;
  const json = {
    awsRegion: record.awsRegion,
    eventID: asUuid(record.eventID),
    eventName: record.eventName,
    userIdentity: record.userIdentity ?? null,
    recordFormat: 'application/json',
    tableName,
    dynamodb: {
      ApproximateCreationDateTime: createdAtMicroseconds,
      ApproximateCreationDateTimePrecision: 'MICROSECOND',
      Keys: encodeBinaryAgain(Keys),
      ...(NewImage && { NewImage: encodeBinaryAgain(NewImage) }),
      ...(OldImage && { OldImage: encodeBinaryAgain(OldImage) }),
      SizeBytes,
    },
    eventSource: 'aws:dynamodb',
  };
  return { partitionKey: partitionKeyOf(Keys), data: Buffer.from(JSON.stringify(json)) };
}

// AWS does not say how it derives the key, only that one item keeps one.
function partitionKeyOf(keys: AttributeMap): string {
  const sorted = Object.entries(keys).sort(([a], [b]) => (a < b ? -1 : 1));
  return hash('md5', JSON.stringify(sorted)).toUpperCase();
}

function asUuid(hex: string): string {
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-a$4-$5');
}

function encodeBinaryAgain(map: AttributeMap): AttributeMap {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, encodeValueAgain(value)]));
}

function encodeValueAgain(value: AttributeValue): AttributeValue {
  if ('B' in value) return { B: base64(value.B) };
  if ('BS' in value) return { BS: value.BS.map(base64) };
  if ('L' in value) return { L: value.L.map(encodeValueAgain) };
  if ('M' in value) return { M: encodeBinaryAgain(value.M) };
  return value;
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
