import { describe, expect, it } from 'vitest';
import { checkRegions, type RegionState } from './regions.ts';
import type { StoredItem } from './stored.ts';

const [low, high] = ['0000000000000001/00000/a_', '0000000000000002/00000/b_'];
const clean = { lost: 0, doubled: 0, diverged: 0 };

function image(stamp: string, plan = 'free'): StoredItem {
  return { id: { S: 'u-1' }, plan: { S: plan }, _v: { S: stamp } };
}

interface Told {
  readonly stamp?: string;
  readonly plan?: string;
  readonly applied?: readonly [string | undefined, string][];
  readonly sent?: number;
}

function region(name: string, { stamp = high, plan = 'free', applied = [], sent = 0 }: Told = {}): RegionState {
  const place = { shardId: 's', eventName: 'MODIFY', eventId: 'e', id: 'u-1' };
  return {
    name,
    items: [image(stamp, plan)],
    records: applied.map(([oldStamp, newStamp], at) => ({
      ...{ ...place, sequenceNumber: `${at}`, newStamp, newStored: image(newStamp) },
      ...(oldStamp === undefined ? {} : { oldStamp, oldStored: image(oldStamp) }),
    })),
    conflicts: [],
    sentBack: { sent, applied: 0 },
  };
}

/** The same in both: written in `a`, then in `b`. */
const applied = [
  [undefined, low],
  [low, high],
] as const satisfies Told['applied'];
const told = { applied: [...applied] };

describe('checkRegions', () => {
  it('finds nothing where both hold the item as it was written with its highest stamp', () => {
    expect(checkRegions(region('a', told), region('b', told))).toMatchObject({
      ...{ expected: 1, found: 1, ...clean },
      details: { changes: 4, echoes: 2, echoesOfInserts: 1 },
    });
  });

  it('counts an item that one region does not have as lost', () => {
    const without = { ...region('b', told), items: [] };
    expect(checkRegions(region('a', told), without)).toMatchObject({ ...clean, lost: 1, found: 0 });
  });

  it('counts items that differ as diverged', () => {
    const other = region('b', told);
    expect(checkRegions(region('a', { ...told, plan: 'team' }), other)).toMatchObject({ ...clean, diverged: 1 });
  });

  it('counts an item below its highest stamp as diverged, though both regions agree', () => {
    const below = { ...told, stamp: low };
    expect(checkRegions(region('a', below), region('b', below))).toMatchObject({ ...clean, diverged: 1 });
  });

  it('counts an item as diverged that is not what was written with its stamp, though both regions agree', () => {
    const changed = { ...told, plan: 'team' };
    expect(checkRegions(region('a', changed), region('b', changed))).toMatchObject({ ...clean, diverged: 1 });
  });

  it('counts a stamp that no write of its region had as diverged', () => {
    const unwritten = region('b', { applied: [[undefined, low]] });
    expect(checkRegions(region('a', told), unwritten)).toMatchObject({ ...clean, diverged: 1 });
  });

  it('counts a newer version that an older one replaced as lost, though it was mended later', () => {
    const mended = '0000000000000003/00000/a_';
    const back: Told = { stamp: mended, applied: [...applied, [high, low], [low, mended]] };
    const other: Told = { stamp: mended, applied: [...applied, [high, mended]] };
    expect(checkRegions(region('a', back), region('b', other))).toMatchObject({ lost: 1, doubled: 1, diverged: 0 });
  });

  it('counts a stamp that came back as doubled', () => {
    const again: Told = { applied: [...applied, [undefined, high]] };
    expect(checkRegions(region('a', again), region('b', told))).toMatchObject({ ...clean, doubled: 1 });
  });

  it('lets a stamp come back onto an item that was removed without a tombstone', () => {
    const { records, ...rest } = region('a', { applied: [...applied, [undefined, high]] });
    const removal = { shardId: 's', sequenceNumber: '9', eventName: 'REMOVE', eventId: 'e', id: 'u-1', oldStamp: high };
    const swept = { ...rest, records: [...records.slice(0, 2), removal, ...records.slice(2)] };
    expect(checkRegions(swept, region('b', told))).toMatchObject(clean);
  });

  it('counts changes that were sent to where they were made as doubled, refused or not', () => {
    expect(checkRegions(region('a', { ...told, sent: 3 }), region('b', told))).toMatchObject({ ...clean, doubled: 3 });
  });
});
