import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { AttributeMap, AttributeValue } from '../event.ts';
import { orderedKeys } from '../ordering-key.ts';
import { uuidFrom } from '../uuid.ts';
import { itemSizeBytes } from './item-size.ts';
import { changeName, type TableChange } from './table-change.ts';

/** Of a Kinesis record. */
const RECORD_LIMIT_BYTES = 1024 * 1024;

export interface KinesisDestination {
  readonly tableName: string;
  readonly region: string;
  /** Of the creation time; a setting of the destination. @default 'MILLISECOND' */
  readonly precision?: 'MILLISECOND' | 'MICROSECOND';
  /** Event ids. */
  readonly random: () => number;
}

export interface DestinationRecord {
  /** 32 hexadecimal digits that depend on the item's key and mean nothing else. */
  readonly partitionKey: string;
  readonly data: string;
  readonly arrivalMs: number;
}

/**
 * What a table's Kinesis destination puts into the stream for a write: unlike a stream record it has both images
 * always, binary values in base64 twice, a user identity of null, and no sequence number. None for a write that
 * changed nothing, and for one that has become too large for a Kinesis record.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/kds.html
 */
export function destinationRecord(
  change: TableChange & { readonly arrivalMs: number },
  { tableName, region, precision = 'MILLISECOND', random }: KinesisDestination,
): DestinationRecord | undefined {
  const { keys, oldImage, newImage, arrivalMs } = change;
  if (isDeepStrictEqual(oldImage, newImage)) return undefined;
  const images = {
    ...(newImage ? { NewImage: newImage } : {}),
    ...(oldImage ? { OldImage: oldImage } : {}),
  };
  const parts = Object.entries({ Keys: keys, ...images });
  const data = JSON.stringify({
    awsRegion: region,
    eventID: uuidFrom(random),
    eventName: changeName(change),
    userIdentity: change.expired ? { type: 'Service', principalId: 'dynamodb.amazonaws.com' } : null,
    recordFormat: 'application/json',
    tableName,
    dynamodb: {
      ApproximateCreationDateTime: precision === 'MILLISECOND' ? arrivalMs : arrivalMs * 1000,
      ...Object.fromEntries(parts.map(([name, attributes]) => [name, encodedTwice(attributes)])),
      SizeBytes: parts.reduce((sum, [, attributes]) => sum + itemSizeBytes(attributes), 0),
    },
    eventSource: 'aws:dynamodb',
  });
  if (Buffer.byteLength(data) > RECORD_LIMIT_BYTES) return undefined;
  const partitionKey = createHash('md5').update(orderedKeys(keys)).digest('hex').toUpperCase();
  return { partitionKey, data, arrivalMs };
}

function encodedTwice(attributes: AttributeMap): AttributeMap {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, valueTwice(value)]));
}

function valueTwice(value: AttributeValue): AttributeValue {
  if ('B' in value) return { B: again(value.B) };
  if ('BS' in value) return { BS: value.BS.map(again) };
  if ('L' in value) return { L: value.L.map(valueTwice) };
  return 'M' in value ? { M: encodedTwice(value.M) } : value;
}

function again(base64: string): string {
  return Buffer.from(base64).toString('base64');
}
