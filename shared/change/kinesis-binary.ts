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

/** Where a value is, for the error about it. */
interface Place {
  /** Such as `dynamodb.Keys`. */
  readonly image: string;
  /** The attribute of the image, however deep inside it the value is. */
  readonly attribute: string;
}

/** The same map where it holds no binary: most of what an image has is neither looked into nor copied. */
function decodeMap(map: AttributeMap, image: string, inside?: Place & { readonly depth: number }): AttributeMap {
  let decoded: Record<string, AttributeValue> | undefined;
  for (const name of Object.keys(map)) {
    const value = map[name];
    if (!isObject(value) || !mayHold(value)) continue;
    const once = decodeValue(value, inside ?? { image, attribute: name }, inside?.depth ?? 0);
    if (once === value) continue;
    decoded ??= { ...map };
    decoded[name] = once;
  }
  return decoded ?? map;
}

const holders: ReadonlySet<string> = new Set(['B', 'BS', 'L', 'M']);

function mayHold(value: AttributeValue): boolean {
  for (const type of Object.keys(value)) if (holders.has(type)) return true;
  return false;
}

/** What is no attribute value, whatever its type says, stays as it is: only its reader can say whether it matters. */
function decodeValue(value: AttributeValue, place: Place, depth: number): AttributeValue {
  if (!isObject(value)) return value;
  if (depth > nestingMax) throw invalid(place, 'is nested too deeply');
  if ('B' in value) return typeof value.B === 'string' ? { B: decodeText(value.B, place) } : value;
  if ('BS' in value) return isTextList(value.BS) ? { BS: value.BS.map((member) => decodeText(member, place)) } : value;
  if ('L' in value && Array.isArray(value.L)) {
    const members: readonly AttributeValue[] = value.L;
    const decoded = members.map((member) => decodeValue(member, place, depth + 1));
    return decoded.every((member, at) => member === members[at]) ? value : { L: decoded };
  }
  if (!('M' in value) || !isImage(value.M)) return value;
  const decoded = decodeMap(value.M, place.image, { ...place, depth: depth + 1 });
  return decoded === value.M ? value : { M: decoded };
}

function decodeText(text: string, place: Place): string {
  const once = isBase64(text) ? Buffer.from(text, 'base64').toString('latin1') : undefined;
  if (once === undefined || !isBase64(once)) throw invalid(place, 'is not base64 in base64');
  return once;
}

function invalid({ image, attribute }: Place, problem: string): InvalidRecordError {
  return new InvalidRecordError(`${image}.${attribute}`, problem);
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((member) => typeof member === 'string');
}
