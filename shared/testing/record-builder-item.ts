import type { AttributeMap, AttributeValue } from '../change/attribute-value.ts';
import { ExactNumber } from '../change/exact-number.ts';

/** An item as a test writes it: `{ id: 'u1', balance: new ExactNumber('12.50'), tags: new Set(['a']) }`. */
export interface PlainItem {
  readonly [name: string]: PlainValue;
}

type PlainValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | ExactNumber
  | Uint8Array
  | ReadonlySet<string>
  | ReadonlySet<number>
  | ReadonlySet<ExactNumber>
  | ReadonlySet<Uint8Array>
  | readonly PlainValue[]
  | PlainItem;

/** The item as DynamoDB would hand it out. A set's type is that of its first member; empty sets do not exist there. */
export function toImage(item: PlainItem): AttributeMap {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, toAttributeValue(value)]));
}

function toAttributeValue(value: PlainValue): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof ExactNumber) return { N: `${value}` };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (value instanceof Uint8Array) return { B: toBase64(value) };
  if (value instanceof Set) return toSet([...value]);
  if (isList(value)) return { L: value.map(toAttributeValue) };
  return { M: toImage(value as PlainItem) };
}

function toSet(members: readonly unknown[]): AttributeValue {
  const [first] = members;
  if (first instanceof Uint8Array) return { BS: members.map((member) => toBase64(member as Uint8Array)) };
  return typeof first === 'string' ? { SS: members.map(String) } : { NS: members.map(String) };
}

function isList(value: PlainValue): value is readonly PlainValue[] {
  return Array.isArray(value);
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
