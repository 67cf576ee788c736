/** Compares the two regions' tables, and both with the stamps that their streams have seen. */
import { createFinding, type Finding } from './finding.ts';
import type { SourceRecord, StoredItem } from './stored.ts';

export interface RegionState {
  readonly name: string;
  /** Every item, tombstones included. */
  readonly items: readonly StoredItem[];
  /** Every record of the table's stream. */
  readonly records: readonly SourceRecord[];
}

/**
 * Both regions hold the same items, each at the highest stamp that it ever had anywhere (the documented winner), and no
 * stamp was written over an item of a region more than once: a second time it would have come back from the other one.
 */
export function checkRegions(one: RegionState, other: RegionState): Finding {
  const finding = createFinding('replicator', 'items');
  const [here, there] = [byId(one.items), byId(other.items)];
  const highest = highestStamps([...one.records, ...other.records]);
  let equal = 0;
  for (const id of new Set([...here.keys(), ...there.keys()])) {
    const [a, b] = [here.get(id), there.get(id)];
    if (a === undefined) finding.add('lost', `${id} is missing in ${one.name}`);
    else if (b === undefined) finding.add('lost', `${id} is missing in ${other.name}`);
    else if (contentOf(a) !== contentOf(b)) finding.add('diverged', `${id} differs between the regions`);
    else if (a._v?.S !== highest.get(id)) finding.add('diverged', `${id} is not at the highest stamp it ever had`);
    else equal += 1;
  }
  for (const { name, records } of [one, other]) {
    for (const [place, times] of appliedStamps(records)) {
      if (times > 1) finding.add('doubled', `a stamp of ${place} was applied ${times} times in ${name}`, times - 1);
    }
  }
  return finding.finish({ expected: new Set([...here.keys(), ...there.keys()]).size, found: equal });
}

function byId(items: readonly StoredItem[]): Map<string, StoredItem> {
  return new Map(items.map((item) => [item.id?.S ?? '', item]));
}

/** Equal for equal items, whatever the order of their attributes and set members. */
function contentOf(item: StoredItem): string {
  return JSON.stringify(sorted(item));
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

function highestStamps(records: readonly SourceRecord[]): Map<string, string> {
  const highest = new Map<string, string>();
  for (const { id, newStamp } of records) {
    if (newStamp !== undefined && newStamp > (highest.get(id) ?? '')) highest.set(id, newStamp);
  }
  return highest;
}

/** How often each stamp came onto an item that did not have it. */
function appliedStamps(records: readonly SourceRecord[]): Map<string, number> {
  const applied = new Map<string, number>();
  for (const { id, oldStamp, newStamp } of records) {
    if (newStamp === undefined || newStamp === oldStamp) continue;
    const place = `${id} ${newStamp}`;
    applied.set(place, (applied.get(place) ?? 0) + 1);
  }
  return applied;
}
