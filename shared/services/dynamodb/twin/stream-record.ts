import { hash } from 'node:crypto';
import type { AttributeMap } from '../../../change/attribute-value.ts';
import { toImage } from '../image.ts';
import { itemBytes } from './size.ts';
import type { ItemChange } from './table.ts';

/**
 * A record of a DynamoDB stream as Lambda delivers it (view NEW_AND_OLD_IMAGES).
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly eventVersion: '1.1';
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly eventSourceARN: string;
  readonly dynamodb: {
    /** Seconds since the epoch: all that a stream knows. */
    readonly ApproximateCreationDateTime: number;
    readonly Keys: AttributeMap;
    readonly NewImage?: AttributeMap;
    readonly OldImage?: AttributeMap;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: 'NEW_AND_OLD_IMAGES';
  };
  /** Present when time to live removed the item. */
  readonly userIdentity?: { readonly type: 'Service'; readonly principalId: 'dynamodb.amazonaws.com' };
}

export interface StreamRecordContext {
  readonly region: string;
  readonly nowMs: number;
  /** Position in the table's stream, from 1. */
  readonly count: number;
  readonly expired: boolean;
}

/** Sequence numbers of AWS have 21 digits or more: no `number` holds them. */
const firstSequenceNumber = 100000000000000000000n;

export function streamRecord(change: ItemChange, context: StreamRecordContext): StreamRecord {
  const { table, key, before, after } = change;
  const arn = streamArn(context.region, table.definition.name);
  const sequenceNumber = (firstSequenceNumber + BigInt(context.count)).toString();
  const images = {
    ...(after === undefined ? {} : { NewImage: toImage(after) }),
    ...(before === undefined ? {} : { OldImage: toImage(before) }),
  };
  return {
    eventID: hash('md5', `${arn} ${sequenceNumber}`),
    eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: context.region,
    eventSourceARN: arn,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(context.nowMs / 1000),
      Keys: toImage(key.attributes),
      ...images,
      SequenceNumber: sequenceNumber,
      SizeBytes: itemBytes(key.attributes) + itemBytes(before ?? {}) + itemBytes(after ?? {}),
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    ...(context.expired ? { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } } : {}),
  };
}

export function streamArn(region: string, tableName: string): string {
  return `arn:aws:dynamodb:${region}:000000000000:table/${tableName}/stream/2026-01-01T00:00:00.000`;
}
