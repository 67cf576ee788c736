import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { compareDecimals } from '../../../change/decimal.ts';

export type { AttributeValue };
export type Item = Record<string, AttributeValue>;
export type ValueType = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'SS' | 'NS' | 'BS' | 'L' | 'M';

const types: readonly ValueType[] = ['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M'];

/** Undefined when the value names no type, or several. */
export function typeOf(value: AttributeValue): ValueType | undefined {
  let found: ValueType | undefined;
  for (const type of types) {
    if (value[type] === undefined) continue;
    if (found !== undefined) return undefined;
    found = type;
  }
  return found;
}

/** Equality as DynamoDB sees it: numbers by value, sets without order, documents deeply. */
export function equalValues(a: AttributeValue, b: AttributeValue): boolean {
  const type = typeOf(a);
  if (type === undefined || type !== typeOf(b)) return false;
  if (isScalar(a)) return compareValues(a, b) === 0;
  if (a.BOOL !== undefined) return a.BOOL === b.BOOL;
  if (a.NULL !== undefined) return true;
  if (a.L !== undefined) return equalLists(a.L, b.L ?? []);
  if (a.M !== undefined) return equalItems(a.M, b.M ?? {});
  return sameMembers(membersOf(a), membersOf(b));
}

export function equalItems(a: Item, b: Item): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => {
      const left = a[name];
      const right = Object.hasOwn(b, name) ? b[name] : undefined;
      return left !== undefined && right !== undefined && equalValues(left, right);
    })
  );
}

/** Order of two strings (by UTF-8), numbers or binaries; undefined when they cannot be ordered. */
export function compareValues(a: AttributeValue, b: AttributeValue): number | undefined {
  if (a.S !== undefined && a.S === b.S) return 0;
  if (a.S !== undefined && b.S !== undefined) return Buffer.compare(Buffer.from(a.S), Buffer.from(b.S));
  if (a.N !== undefined && b.N !== undefined) return compareDecimals(a.N, b.N);
  if (a.B !== undefined && b.B !== undefined) return Buffer.compare(a.B, b.B);
  return undefined;
}

/** Members of a set as scalar values; empty for anything else. */
export function membersOf(value: AttributeValue): AttributeValue[] {
  if (value.SS !== undefined) return value.SS.map((S) => ({ S }));
  if (value.NS !== undefined) return value.NS.map((N) => ({ N }));
  if (value.BS !== undefined) return value.BS.map((B) => ({ B }));
  return [];
}

/** A set of the given type; undefined when there are no members, because DynamoDB has no empty sets. */
export function setOf(type: 'SS' | 'NS' | 'BS', members: readonly AttributeValue[]): AttributeValue | undefined {
  if (members.length === 0) return undefined;
  if (type === 'SS') return { SS: members.flatMap((member) => member.S ?? []) };
  if (type === 'NS') return { NS: members.flatMap((member) => member.N ?? []) };
  return { BS: members.flatMap((member) => (member.B === undefined ? [] : [member.B])) };
}

function isScalar(value: AttributeValue): boolean {
  return value.S !== undefined || value.N !== undefined || value.B !== undefined;
}

function equalLists(a: readonly AttributeValue[], b: readonly AttributeValue[]): boolean {
  return (
    a.length === b.length &&
    a.every((value, index) => {
      const other = b[index];
      return other !== undefined && equalValues(value, other);
    })
  );
}

function sameMembers(a: readonly AttributeValue[], b: readonly AttributeValue[]): boolean {
  return a.length === b.length && a.every((value) => b.some((other) => equalValues(value, other)));
}

/** By hand: a simulation clones items more often than it does anything else. */
export function cloneItem(item: Item): Item {
  const clone: Item = {};
  for (const [name, value] of Object.entries(item)) defineAttribute(clone, name, cloneValue(value));
  return clone;
}

/** An attribute may be called `__proto__`: assignment would then lose it. */
export function defineAttribute(item: Item, name: string, value: AttributeValue): void {
  if (name !== '__proto__') item[name] = value;
  else Object.defineProperty(item, name, { value, enumerable: true, configurable: true, writable: true });
}

export function cloneValue(value: AttributeValue): AttributeValue {
  if (value.M !== undefined) return { M: cloneItem(value.M) };
  if (value.L !== undefined) return { L: value.L.map(cloneValue) };
  if (value.SS !== undefined) return { SS: [...value.SS] };
  if (value.NS !== undefined) return { NS: [...value.NS] };
  if (value.BS !== undefined) return { BS: value.BS.map((bytes) => Uint8Array.from(bytes)) };
  if (value.B !== undefined) return { B: Uint8Array.from(value.B) };
  return { ...value };
}
