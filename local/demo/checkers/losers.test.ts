import { describe, expect, it } from 'vitest';
import { checkLosers } from './losers.ts';
import type { SourceRecord, StoredItem } from './stored.ts';

const stamp = (time: number, region: string) => `000000000000000${time}/00000/${region}_`;
const [first, lost, won] = [stamp(1, 'a'), stamp(2, 'b'), stamp(3, 'a')];

function image(version: string): StoredItem {
  return { id: { S: 'u-1' }, name: { S: `of ${version}` }, _v: { S: version } };
}

function record(newStamp: string, oldStamp?: string): SourceRecord {
  return {
    ...{ shardId: 's', sequenceNumber: newStamp, eventName: 'MODIFY', eventId: newStamp, id: 'u-1' },
    ...{ newStamp, newStored: image(newStamp) },
    ...(oldStamp === undefined ? {} : { oldStamp, oldStored: image(oldStamp) }),
  };
}

const row: StoredItem = {
  item: { S: '["u-1"]' },
  keys: { M: { id: { S: 'u-1' } } },
  version: { S: lost },
  loser: { M: image(lost) },
  loserRegion: { S: 'b' },
  winner: { M: image(won) },
  winnerVersion: { S: won },
  winnerRegion: { S: 'a' },
  reason: { S: 'later clock' },
};
/** `a` writes on top of its first version while `b` does so, too; then `a`'s arrives in `b`. */
const a = { name: 'a', records: [record(first), record(won, first)], conflicts: [row] };
const b = { name: 'b', records: [record(first), record(lost, first), record(won, lost)], conflicts: [] };

describe('checkLosers', () => {
  it('finds nothing where a row keeps the version that lost', () => {
    expect(checkLosers(a, b)).toMatchObject({ expected: 1, found: 1, lost: 0, diverged: 0, details: { rows: 1 } });
    expect(checkLosers(b, a)).toMatchObject({ expected: 1, found: 1, lost: 0, diverged: 0 });
  });

  it('counts a version that no row keeps as lost', () => {
    expect(checkLosers({ ...a, conflicts: [] }, b)).toMatchObject({ expected: 1, found: 0, lost: 1, diverged: 0 });
  });

  it.each([
    { what: 'no winner', wrong: { winner: {} } },
    { what: 'a winner that is not the higher one', wrong: { winnerVersion: { S: first } } },
    { what: 'another winner than was written', wrong: { winner: { M: { ...image(won), name: { S: 'other' } } } } },
    { what: 'another loser than was replaced', wrong: { loser: { M: { ...image(lost), name: { S: 'other' } } } } },
    { what: 'a loser of another version', wrong: { loser: { M: image(first) } } },
    { what: 'no region of the loser', wrong: { loserRegion: {} } },
    { what: 'a reason that the stamps do not give', wrong: { reason: { S: 'higher counter' } } },
  ])('counts a row with $what as diverged', ({ wrong }) => {
    expect(checkLosers({ ...a, conflicts: [{ ...row, ...wrong }] }, b)).toMatchObject({ lost: 0, diverged: 1 });
  });

  it('expects no row where the winner had seen the version that it replaced', () => {
    const knowing = { ...a, records: [record(first), record(lost, first), record(won, lost)], conflicts: [] };
    expect(checkLosers(knowing, b)).toMatchObject({ expected: 0, lost: 0 });
  });

  it('expects none of an item that was also written without a stamp', () => {
    const { newStamp: _, ...plain } = record(first);
    expect(checkLosers({ ...a, records: [...a.records, plain], conflicts: [] }, b)).toMatchObject({ expected: 0 });
  });

  it('expects none where both versions are deletions', () => {
    const buried = (version: string) => ({ ...image(version), _deleted: { BOOL: true } });
    const both = { ...record(won, lost), oldStored: buried(lost), newStored: buried(won) };
    const other = { ...b, records: [record(first), both] };
    expect(checkLosers({ ...a, conflicts: [] }, other)).toMatchObject({ expected: 0, lost: 0 });
  });
});
