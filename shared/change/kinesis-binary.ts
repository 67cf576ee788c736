import type { AttributeMap, AttributeValue } from './attribute-value.ts';
import type { Change } from './change.ts';
import { InvalidRecordError } from './invalid-record.ts';
import { isBase64, isImage, isObject, nestingMax } from './raw-json.ts';

type Content = Pick<Change, 'op' | 'keys' | 'oldImage' | 'newImage'>;

const mayHoldBinary = /"BS?"\s*:/;

/**
 * Kinesis Data Streams for DynamoDB encodes binary in base64 twice; this undoes one of them, so that images are the
 * same as those of a stream. `text` is the JSON it came from: most records hold no binary and are not walked.
 *
 * @throws {InvalidRecordError} when a binary attribute is not encoded twice.
 */
export function decodeBinaryOnce(content: Content, text: string): Content {
  if (!mayHoldBinary.test(text)) return content;
  const { op, keys, oldImage, newImage } = content;
  return {
    op,
    keys: decodeMap(keys, 'dynamodb.Keys'),
    ...(oldImage && { oldImage: decodeMap(oldImage, 'dynamodb.OldImage') }),
    ...(newImage && { newImage: decodeMap(newImage, 'dynamodb.NewImage') }),
  };
}

function decodeMap(image: AttributeMap, field: string): AttributeMap {
  return Object.fromEntries(
    Object.entries(image).map(([name, value]) => [name, decodeValue(value, `${field}.${name}`, 0)]),
  );
}

/** What is no attribute value, whatever its type says, stays as it is: only its reader can say whether it matters. */
function decodeValue(value: AttributeValue, field: string, depth: number): AttributeValue {
  if (!isObject(value)) return value;
  if (depth > nestingMax) throw new InvalidRecordError(field, 'is nested too deeply');
  if ('B' in value) return typeof value.B === 'string' ? { B: decodeText(value.B, field) } : value;
  if ('BS' in value) return isTextList(value.BS) ? { BS: value.BS.map((member) => decodeText(member, field)) } : value;
  if ('L' in value && Array.isArray(value.L)) {
    return { L: value.L.map((member: AttributeValue) => decodeValue(member, field, depth + 1)) };
  }
  if (!('M' in value) || !isImage(value.M)) return value;
  const members = Object.entries(value.M).map(([name, member]) => [name, decodeValue(member, field, depth + 1)]);
  return { M: Object.fromEntries(members) };
}

function decodeText(text: string, field: string): string {
  const once = isBase64(text) ? Buffer.from(text, 'base64').toString('latin1') : undefined;
  if (once === undefined || !isBase64(once)) throw new InvalidRecordError(field, 'is not base64 in base64');
  return once;
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((member) => typeof member === 'string');
}
