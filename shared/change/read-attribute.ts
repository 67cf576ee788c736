import type { AttributeMap } from './attribute-value.ts';
import { canonicalDecimal } from './decimal.ts';
import { InvalidRecordError } from './invalid-record.ts';
import { isBase64, isImage, isObject, type RawObject } from './raw-json.ts';
import { parseTimestampMs } from './timestamp.ts';

/**
 * Typed readers of single attributes on a raw image. Each gives `undefined` when the image or the attribute is absent
 * or NULL (how mappers write a field without value) and throws `InvalidRecordError` when it holds another type. `path`
 * is the name of the image in the error: `newImage` gives `newImage.email`. Never a value in the message.
 */
export function readString(image: AttributeMap | undefined, name: string, path: string): string | undefined {
  const value = find(image, name, path);
  if (value === undefined) return undefined;
  return typeof value.S === 'string' ? value.S : reject(name, path, 'is not a string');
}

/** Canonical text, for `decimal.ts`. */
export function readDecimal(image: AttributeMap | undefined, name: string, path: string): string | undefined {
  const value = find(image, name, path);
  if (value === undefined) return undefined;
  const text = typeof value.N === 'string' ? canonicalDecimal(value.N) : undefined;
  return text ?? reject(name, path, 'is not a number');
}

export function readBoolean(image: AttributeMap | undefined, name: string, path: string): boolean | undefined {
  const value = find(image, name, path);
  if (value === undefined) return undefined;
  return typeof value.BOOL === 'boolean' ? value.BOOL : reject(name, path, 'is not a boolean');
}

/** Milliseconds since the epoch of an ISO 8601 text with a zone. */
export function readTimestamp(image: AttributeMap | undefined, name: string, path: string): number | undefined {
  const value = find(image, name, path);
  if (value === undefined) return undefined;
  const timeMs = typeof value.S === 'string' ? parseTimestampMs(value.S) : undefined;
  return timeMs ?? reject(name, path, 'is not an ISO 8601 timestamp with a zone');
}

/** Whole seconds since the epoch, as time to live wants them. */
export function readEpochSeconds(image: AttributeMap | undefined, name: string, path: string): number | undefined {
  const value = find(image, name, path);
  if (value === undefined) return undefined;
  const seconds = typeof value.N === 'string' ? Number(value.N) : Number.NaN;
  return Number.isSafeInteger(seconds) ? seconds : reject(name, path, 'is not a whole number of epoch seconds');
}

export function readBinary(image: AttributeMap | undefined, name: string, path: string): Uint8Array | undefined {
  const value = find(image, name, path);
  if (value === undefined) return undefined;
  if (typeof value.B !== 'string' || !isBase64(value.B)) return reject(name, path, 'is not binary');
  return Buffer.from(value.B, 'base64');
}

export function readStringSet(
  image: AttributeMap | undefined,
  name: string,
  path: string,
): readonly string[] | undefined {
  const value = find(image, name, path);
  if (value === undefined) return undefined;
  return isTextList(value.SS) ? value.SS : reject(name, path, 'is not a string set');
}

/** The map as it is; its members are read with these functions again. */
export function readMap(image: AttributeMap | undefined, name: string, path: string): AttributeMap | undefined {
  const value = find(image, name, path);
  if (value === undefined) return undefined;
  return isImage(value.M) ? value.M : reject(name, path, 'is not a map');
}

function find(image: AttributeMap | undefined, name: string, path: string): RawObject | undefined {
  if (image === undefined || !Object.hasOwn(image, name)) return undefined;
  const value: unknown = image[name];
  if (!isObject(value)) return reject(name, path, 'is not an attribute value');
  return value.NULL === true ? undefined : value;
}

function reject(name: string, path: string, problem: string): never {
  throw new InvalidRecordError(`${path}.${name}`, problem);
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((member) => typeof member === 'string');
}
