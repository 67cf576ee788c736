import type { AttributeMap } from './attribute-value.ts';
import { ExactNumber } from './exact-number.ts';
import { InvalidRecordError } from './invalid-record.ts';
import { nestingMax } from './raw-json.ts';

/** A decoded attribute: nothing is lost against the image. Sets stay sets, lists arrays, maps plain objects. */
type DecodedValue =
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
  const item = copy(image);
  for (const name in image) {
    try {
      item[name] = decode(image[name], 0);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      throw new InvalidRecordError(`${path}.${name}`, error.message);
    }
  }
  return item;
}

/** An attribute value as far as it is known before it is read. */
interface AttributeTypes {
  readonly [type: string]: unknown;
}

class Malformed extends Error {}

/** The type is the first and only key. Looking for it in a loop and a switch keeps this several times faster. */
function decode(value: AttributeTypes | undefined, depth: number): DecodedValue {
  for (const type in value) {
    const content = value[type];
    switch (type) {
      case 'S':
        return asString(content);
      case 'N':
        return new ExactNumber(asString(content));
      case 'BOOL':
        if (typeof content === 'boolean') return content;
        break;
      case 'M':
        if (isMap(content)) return decodeMap(content, depth + 1);
        break;
      case 'L':
        if (Array.isArray(content)) return decodeList(content, depth + 1);
        break;
      case 'NULL':
        if (content === true) return null;
        break;
      case 'B':
        return asBytes(content);
      case 'SS':
        return decodeSet(content, asString);
      case 'NS':
        return decodeSet(content, (member) => new ExactNumber(asString(member)));
      case 'BS':
        return decodeSet(content, asBytes);
    }
    break;
  }
  throw new Malformed('is not an attribute value');
}

function decodeList(list: readonly AttributeTypes[], depth: number): readonly DecodedValue[] {
  if (depth > nestingMax) throw new Malformed('is nested too deeply');
  return list.map((member) => decode(member, depth));
}

function decodeSet<Member>(content: unknown, decodeMember: (member: unknown) => Member): ReadonlySet<Member> {
  if (!Array.isArray(content)) throw new Malformed('is not a set');
  const members = new Set<Member>();
  for (const member of content) members.add(decodeMember(member));
  return members;
}

function decodeMap(map: AttributeMap, depth: number): DecodedItem {
  if (depth > nestingMax) throw new Malformed('is nested too deeply');
  const item: { [name: string]: DecodedValue } = copy(map);
  for (const name in map) item[name] = decode(map[name], depth);
  return item;
}

/**
 * The same names, to be overwritten one by one: several times faster than adding them to an empty object, and an
 * attribute named `__proto__` is an ordinary one here.
 */
function copy(map: { readonly [name: string]: unknown }): { [name: string]: DecodedValue } {
  return { ...map } as { [name: string]: DecodedValue };
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
