import type { StoredItem } from './stored.ts';

/** Whatever the order of their attributes and of the members of sets. */
export function sameItem(one: StoredItem | undefined, other: StoredItem | undefined): boolean {
  return contentOf(one) === contentOf(other);
}

function contentOf(item: StoredItem | undefined): string {
  return item === undefined ? '' : JSON.stringify(sorted(item));
}

function sorted(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Set) return [...value].map(String).sort();
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, part]) => [
    name,
    setMember.test(name) ? ordered(part) : sorted(part),
  ]);
  return Object.fromEntries(entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}

const setMember = /^(SS|NS|BS)$/;

function ordered(members: unknown): unknown {
  return Array.isArray(members) ? members.map((member) => String(sorted(member))).sort() : sorted(members);
}
