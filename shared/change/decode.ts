import type { AttributeMap, AttributeValue } from './attribute-value.ts';
import { ExactNumber } from './exact-number.ts';
import { InvalidRecordError } from './invalid-record.ts';
import { nestingMax } from './raw-json.ts';

/** A decoded attribute: nothing is lost against the image. Sets stay sets, lists arrays, maps plain objects. */
export type DecodedValue =
  | string
  | ExactNumber
  | boolean
  | null
  | Uint8Array
  | ReadonlySet<string>
  | ReadonlySet<ExactNumber>
  | ReadonlySet<Uint8Array>
  | readonly DecodedValue[]
  | DecodedItem;

export interface DecodedItem {
  readonly [name: string]: DecodedValue;
}

/**
 * The whole image as plain JavaScript. Who needs a few attributes reads them with `read-attribute.ts` instead, which
 * costs nothing for the others.
 *
 * @param path what the image is called in an error: `newImage` gives `newImage.email`
 * @throws {InvalidRecordError} naming the top-level attribute that holds something else than attribute values.
 */
export function decodeImage(image: AttributeMap, path: string): DecodedItem {
  const item: { [name: string]: DecodedValue } = {};
  for (const name in image) {
    try {
      assign(item, name, decode(image[name], 0));
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      throw new InvalidRecordError(`${path}.${name}`, error.message);
    }
  }
  return item;
}

class Malformed extends Error {}

function decode(value: AttributeValue | undefined, depth: number): DecodedValue {
  if (depth > nestingMax) throw new Malformed('is nested too deeply');
  // The type is the first and only key; a switch on it is several times faster than asking for each type in turn.
  for (const type in value) return decodeAs(type, value, depth);
  throw new Malformed('is not an attribute value');
}

function decodeAs(type: string, value: { readonly [type: string]: unknown }, depth: number): DecodedValue {
  const content = value[type];
  switch (type) {
    case 'S':
      return asString(content);
    case 'N':
      return new ExactNumber(asString(content));
    case 'BOOL':
      if (typeof content === 'boolean') return content;
      break;
    case 'NULL':
      if (content === true) return null;
      break;
    case 'M':
      if (isMap(content)) return decodeMap(content, depth + 1);
      break;
    case 'L':
      if (Array.isArray(content)) return content.map((member) => decode(member, depth + 1));
      break;
    case 'B':
      return asBytes(content);
    case 'SS':
      return new Set(asList(content).map(asString));
    case 'NS':
      return new Set(asList(content).map((member) => new ExactNumber(asString(member))));
    case 'BS':
      return new Set(asList(content).map(asBytes));
  }
  throw new Malformed('is not an attribute value');
}

function decodeMap(map: AttributeMap, depth: number): DecodedItem {
  const item: { [name: string]: DecodedValue } = {};
  for (const name in map) assign(item, name, decode(map[name], depth));
  return item;
}

/** Plain assignment to `__proto__` would lose the attribute and change the object instead. */
function assign(item: { [name: string]: DecodedValue }, name: string, value: DecodedValue): void {
  if (name !== '__proto__') item[name] = value;
  else Object.defineProperty(item, name, { value, enumerable: true, configurable: true, writable: true });
}

function isMap(content: unknown): content is AttributeMap {
  return typeof content === 'object' && content !== null && !Array.isArray(content);
}

function asString(content: unknown): string {
  if (typeof content !== 'string') throw new Malformed('holds something else than text');
  return content;
}

function asBytes(content: unknown): Uint8Array {
  return Buffer.from(asString(content), 'base64');
}

function asList(content: unknown): readonly unknown[] {
  if (!Array.isArray(content)) throw new Malformed('is not a set');
  return content;
}
