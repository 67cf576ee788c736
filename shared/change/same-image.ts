import type { AttributeMap, AttributeValue } from './attribute-value.ts';
import { canonicalDecimal } from './decimal.ts';
import { isObject, nestingMax } from './raw-json.ts';

/**
 * Whether two images hold the same item: attribute order does not matter, sets are unordered, numbers equal by value.
 * Total: what cannot be read counts as different, so that nothing is filtered that somebody should see.
 */
export function sameImage(a: AttributeMap, b: AttributeMap): boolean {
  return sameMap(a, b, 0);
}

function sameMap(a: AttributeMap, b: AttributeMap, depth: number): boolean {
  let count = 0;
  for (const name in a) {
    count += 1;
    const left = a[name];
    const right = Object.hasOwn(b, name) ? b[name] : undefined;
    if (left === undefined || right === undefined || !sameValue(left, right, depth)) return false;
  }
  for (const _ in b) count -= 1;
  return count === 0;
}

function sameValue(a: AttributeValue, b: AttributeValue, depth: number): boolean {
  if (!isObject(a) || !isObject(b) || depth > nestingMax) return false;
  if ('S' in a) return 'S' in b && typeof a.S === 'string' && a.S === b.S;
  if ('N' in a) return 'N' in b && sameNumber(a.N, b.N);
  if ('BOOL' in a) return 'BOOL' in b && typeof a.BOOL === 'boolean' && a.BOOL === b.BOOL;
  if ('M' in a) return 'M' in b && isObject(a.M) && isObject(b.M) && sameMap(a.M, b.M, depth + 1);
  if ('L' in a) return 'L' in b && sameList(a.L, b.L, depth + 1);
  if ('NULL' in a) return 'NULL' in b && a.NULL === true && b.NULL === true;
  if ('B' in a) return 'B' in b && typeof a.B === 'string' && a.B === b.B;
  if ('SS' in a) return 'SS' in b && sameSet(a.SS, b.SS, (text) => text);
  if ('BS' in a) return 'BS' in b && sameSet(a.BS, b.BS, (text) => text);
  return 'NS' in a && 'NS' in b && sameSet(a.NS, b.NS, canonicalDecimal);
}

function sameNumber(a: string, b: string): boolean {
  if (typeof a !== 'string' || typeof b !== 'string') return false;
  if (a === b) return true;
  const canonical = canonicalDecimal(a);
  return canonical !== undefined && canonical === canonicalDecimal(b);
}

function sameList(a: readonly AttributeValue[], b: readonly AttributeValue[], depth: number): boolean {
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((value, index) => sameValue(value, b[index], depth));
}

function sameSet(a: readonly string[], b: readonly string[], canonical: (text: string) => string | undefined): boolean {
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  if (![...a, ...b].every((member) => typeof member === 'string')) return false;
  const members = new Set(a.map(canonical));
  return !members.has(undefined) && b.every((member) => members.has(canonical(member)));
}
