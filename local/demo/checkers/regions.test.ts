import { describe, expect, it } from 'vitest';
import { checkRegions, type RegionState } from './regions.ts';

const [low, high] = ['0000000000000001/00000/a', '0000000000000002/00000/b'];

function region(name: string, options: { stamp?: string; plan?: string; applied?: readonly [string, string][] } = {}) {
  const { stamp = high, plan = 'free', applied = [] } = options;
  const place = { shardId: 's', eventName: 'MODIFY', eventId: 'e', id: 'u-1' };
  const state: RegionState = {
    name,
    items: [{ id: { S: 'u-1' }, plan: { S: plan }, _v: { S: stamp } }],
    records: applied.map(([oldStamp, newStamp], at) => ({ ...place, sequenceNumber: `${at}`, oldStamp, newStamp })),
  };
  return state;
}

const seen = [[low, high]] as const satisfies readonly [string, string][];

describe('checkRegions', () => {
  it('finds nothing where both hold the item at its highest stamp', () => {
    const finding = checkRegions(region('a', { applied: [...seen] }), region('b'));
    expect(finding).toMatchObject({ expected: 1, found: 1, lost: 0, doubled: 0, diverged: 0 });
  });

  it('counts an item that one region does not have as lost', () => {
    expect(checkRegions(region('a'), { ...region('b'), items: [] })).toMatchObject({ lost: 1, found: 0 });
  });

  it('counts items that differ as diverged', () => {
    expect(checkRegions(region('a', { plan: 'team' }), region('b'))).toMatchObject({ diverged: 1 });
  });

  it('counts an item below its highest stamp as diverged, though both regions agree', () => {
    const below = { stamp: low, applied: [...seen] };
    expect(checkRegions(region('a', below), region('b', below))).toMatchObject({ diverged: 1 });
  });

  it('counts a stamp that came back as doubled', () => {
    const applied: [string, string][] = [...seen, [high, low], [low, high]];
    expect(checkRegions(region('a', { applied }), region('b'))).toMatchObject({ doubled: 1 });
  });
});
