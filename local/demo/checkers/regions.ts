/** Compares the two regions' tables, and both with what their streams tell of every item's history. */
import { createFinding, type Finding, type FindingBuilder } from './finding.ts';
import { sameItem } from './same-item.ts';
import { givenStamp, originOf } from './stamps.ts';
import { isTombstone, type SourceRecord, type StoredItem } from './stored.ts';

export interface RegionState {
  readonly name: string;
  /** Every item, tombstones included. */
  readonly items: readonly StoredItem[];
  /** Every record of the table's stream. */
  readonly records: readonly SourceRecord[];
  /** Rows of versions of the other region that writes from here have replaced there. */
  readonly conflicts: readonly StoredItem[];
  /** Puts from here to the other region of what was written there. */
  readonly sentBack: { readonly sent: number; readonly applied: number };
}

/**
 * Both regions hold the same items, each as it was written with the highest stamp that it ever had anywhere (the
 * documented winner). No region's item went back to an older stamp, none had a stamp put on it twice, and no change was
 * sent to the region in which it was made.
 */
export function checkRegions(one: RegionState, other: RegionState): Finding {
  const finding = createFinding('replicator', 'items');
  const [here, there] = [byId(one.items), byId(other.items)];
  const winners = winnersOf([one, other]);
  const ids = new Set([...here.keys(), ...there.keys()]);
  let equal = 0;
  for (const id of ids) {
    const [a, b] = [here.get(id), there.get(id)];
    if (a === undefined) finding.add('lost', `${id} is missing in ${one.name}`);
    else if (b === undefined) finding.add('lost', `${id} is missing in ${other.name}`);
    else if (!sameItem(a, b)) finding.add('diverged', `${id} differs between the regions`);
    else if (a._v?.S !== winners.get(id)?.stamp)
      finding.add('diverged', `${id} is not at the highest stamp it ever had`);
    else if (!sameItem(a, winners.get(id)?.image)) {
      finding.add('diverged', `${id} is not what was written with its stamp`);
    } else equal += 1;
  }
  for (const region of [one, other]) checkHistory(region, finding);
  const both = (count: (region: RegionState) => number) => count(one) + count(other);
  return finding.finish({
    expected: ids.size,
    found: equal,
    details: {
      tombstones: [...here.values()].filter(isTombstone).length,
      changes: both(({ records }) => records.length),
      echoes: both((region) => echoesIn(region).length),
      echoesOfInserts: both((region) => echoesIn(region).filter(({ oldStored }) => oldStored === undefined).length),
      sentBack: both(({ sentBack }) => sentBack.sent),
    },
  });
}

function checkHistory({ name, records, sentBack }: RegionState, finding: FindingBuilder): void {
  for (const { id, oldStamp, newStamp } of records) {
    if (oldStamp === undefined || newStamp === undefined || newStamp >= oldStamp) continue;
    finding.add('lost', `${id} went back to an older version in ${name}`);
  }
  for (const [place, times] of appliedStamps(records)) {
    if (times > 1) finding.add('doubled', `a stamp of ${place} was applied ${times} times in ${name}`, times - 1);
  }
  const { sent, applied } = sentBack;
  if (sent === 0) return;
  finding.add('doubled', `${sent} changes were sent from ${name} to where they were made, ${applied} applied`, sent);
}

function byId(items: readonly StoredItem[]): Map<string, StoredItem> {
  return new Map(items.map((item) => [item.id?.S ?? '', item]));
}

interface Winner {
  readonly stamp: string;
  /** As it was first written, in the region that the stamp names; undefined: that region never wrote it. */
  readonly image?: StoredItem | undefined;
}

function winnersOf(regions: readonly RegionState[]): Map<string, Winner> {
  const winners = new Map<string, Winner>();
  for (const { name, records } of regions) {
    for (const { id, newStamp, newStored } of records) {
      if (newStamp === undefined) continue;
      const best = winners.get(id);
      const isOrigin = originOf(newStamp) === name;
      if (best !== undefined && newStamp < best.stamp) continue;
      if (newStamp !== best?.stamp) winners.set(id, { stamp: newStamp, ...(isOrigin ? { image: newStored } : {}) });
      else if (isOrigin && best.image === undefined) winners.set(id, { stamp: newStamp, image: newStored });
    }
  }
  return winners;
}

/**
 * How often each stamp came onto an item that did not have it. An item that was removed without a tombstone, past the
 * writer or by its time to live, leaves nothing behind that would refuse a write which is delivered again, until its
 * tombstone comes from the region that answers for it: what comes onto it from then on is left out.
 */
function appliedStamps(records: readonly SourceRecord[]): Map<string, number> {
  const applied = new Map<string, number>();
  const removed = new Set<string>();
  for (const { id, oldStamp, newStamp, newStored } of records) {
    if (newStored === undefined) removed.add(id);
    if (newStamp === undefined || newStamp === oldStamp) continue;
    const place = `${id} ${newStamp}`;
    if (applied.has(place) && removed.has(id)) continue;
    applied.set(place, (applied.get(place) ?? 0) + 1);
  }
  return applied;
}

/** What arrived from the other region, as its own stream shows it again. */
function echoesIn({ name, records }: RegionState): SourceRecord[] {
  return records.filter((record) => {
    const stamp = givenStamp(record);
    return stamp !== undefined && originOf(stamp) !== name;
  });
}
