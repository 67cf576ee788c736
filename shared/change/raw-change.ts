import type { AttributeMap } from './attribute-value.ts';
import type { Change, CreationTime, Op } from './change.ts';
import { isDecimal } from './decimal.ts';
import { InvalidRecordError } from './invalid-record.ts';
import { isBase64, isImage, isObject, type RawObject } from './raw-json.ts';

/** What both sources say in the same words: the operation, the keys and the images. */
export function readContent(event: RawObject, body: RawObject): Pick<Change, 'op' | 'keys' | 'oldImage' | 'newImage'> {
  const op = readOp(event);
  const keys = readKeys(body.Keys);
  const oldImage = readImage(body.OldImage, 'dynamodb.OldImage');
  const newImage = readImage(body.NewImage, 'dynamodb.NewImage');
  requirePresence('dynamodb.OldImage', oldImage, op !== 'insert', op);
  requirePresence('dynamodb.NewImage', newImage, op === 'insert' || op === 'modify', op);
  return { op, keys, ...(oldImage && { oldImage }), ...(newImage && { newImage }) };
}

/** @throws {InvalidRecordError} beyond the year 2255, where microseconds leave the exact integers. */
export function toCreationTime(value: number, precision: CreationTime['precision']): CreationTime {
  const perUnit = { second: 1_000_000, millisecond: 1000, microsecond: 1 }[precision];
  const microseconds = Math.floor(value * perUnit);
  if (!Number.isSafeInteger(microseconds) || microseconds < 0) {
    throw new InvalidRecordError('dynamodb.ApproximateCreationDateTime', 'is not a point in time');
  }
  return { microseconds: BigInt(microseconds), precision };
}

function readOp(event: RawObject): Op {
  switch (event.eventName) {
    case 'INSERT':
      return 'insert';
    case 'MODIFY':
      return 'modify';
    case 'REMOVE':
      return isTimeToLive(event.userIdentity) ? 'expire' : 'remove';
    default:
      throw new InvalidRecordError('eventName', 'is not INSERT, MODIFY or REMOVE');
  }
}

/**
 * Lambda writes `principalId`, the Streams API `PrincipalId`, some engines something else: the case does not matter.
 *
 * @see Amazon DynamoDB Developer Guide, "DynamoDB Streams and Time to Live"
 */
function isTimeToLive(userIdentity: unknown): boolean {
  if (!isObject(userIdentity)) return false;
  const fields = new Map(Object.entries(userIdentity).map(([name, value]) => [name.toLowerCase(), value]));
  return fields.get('type') === 'Service' && fields.get('principalid') === 'dynamodb.amazonaws.com';
}

/** Keys are read by everybody (they are the item's identity), so they alone are checked at once. */
function readKeys(keys: unknown): AttributeMap {
  if (!isImage(keys)) throw new InvalidRecordError('dynamodb.Keys', 'is missing');
  const names = Object.keys(keys);
  if (names.length < 1 || names.length > 2) {
    throw new InvalidRecordError('dynamodb.Keys', `has ${names.length} attributes instead of 1 or 2`);
  }
  for (const name of names) {
    if (!isKeyValue(keys[name])) {
      throw new InvalidRecordError(`dynamodb.Keys.${name}`, 'is not a string, number or binary attribute');
    }
  }
  return keys;
}

function isKeyValue(value: unknown): boolean {
  if (!isObject(value) || Object.keys(value).length !== 1) return false;
  if (typeof value.S === 'string') return true;
  if (typeof value.N === 'string') return isDecimal(value.N);
  return typeof value.B === 'string' && isBase64(value.B);
}

function readImage(image: unknown, field: string): AttributeMap | undefined {
  if (image === undefined || image === null) return undefined;
  if (!isImage(image)) throw new InvalidRecordError(field, 'is not an item');
  return image;
}

function requirePresence(field: string, image: AttributeMap | undefined, expected: boolean, op: Op): void {
  if (expected && image === undefined) throw new InvalidRecordError(field, `is missing in a record of op ${op}`);
  if (!expected && image !== undefined) throw new InvalidRecordError(field, `is present in a record of op ${op}`);
}
