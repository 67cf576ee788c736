import { describe, expect, it } from 'vitest';
import type { AttributeMap } from './attribute-value.ts';
import type { Change, Op } from './change.ts';
import { replayHorizonS } from './replay-horizon.ts';
import { nextStamp } from './stamp.ts';
import { isTombstone, tombstoneOf, withoutTombstones } from './tombstone.ts';

const table = { tombstoneAttribute: '_deleted', versionAttribute: '_v', timeToLiveAttribute: 'expiresAt' };
const keys: AttributeMap = { id: { S: 'a' } };
const nowMs = Date.UTC(2026, 0, 1);
const stamp = nextStamp({ nowMicroseconds: BigInt(nowMs) * 1000n, region: 'eu-west-1' });
const tombstone = tombstoneOf(keys, { table, stamp, nowMs });
const live: AttributeMap = { ...keys, name: { S: 'Ada' } };

function change(op: Op, images: { oldImage?: AttributeMap; newImage?: AttributeMap }): Change {
  return {
    op,
    source: 'stream',
    keys,
    position: { streamArn: 'arn', sequenceNumber: '1' },
    createdAt: { microseconds: 1n, precision: 'second' },
    region: 'eu-west-1',
    ...images,
  };
}

describe('tombstoneOf', () => {
  it('is the item itself, emptied: its keys, the mark, the stamp, and an end after the replay horizon', () => {
    expect(tombstone).toEqual({
      id: { S: 'a' },
      _deleted: { BOOL: true },
      _v: { S: stamp },
      expiresAt: { N: String(nowMs / 1000 + replayHorizonS) },
    });
  });

  it('stays for good in a table without time to live', () => {
    const { timeToLiveAttribute: _none, ...forever } = table;
    expect(Object.keys(tombstoneOf(keys, { table: forever, stamp, nowMs }))).toEqual(['id', '_deleted', '_v']);
  });
});

describe('isTombstone', () => {
  it('is told by the mark alone, and by no other value of the attribute', () => {
    expect(isTombstone({ ...live, _deleted: { BOOL: true } }, table)).toBe(true);
    for (const _deleted of [{ BOOL: false }, { S: 'true' }, { N: '1' }]) {
      expect(isTombstone({ ...live, _deleted }, table)).toBe(false);
    }
    expect(isTombstone(undefined, table)).toBe(false);
  });
});

describe('withoutTombstones: what everybody sees for whom a deleted item is gone', () => {
  it.each([
    {
      description: 'a live item that became a tombstone was removed',
      stored: change('modify', { oldImage: live, newImage: tombstone }),
      seen: change('remove', { oldImage: live }),
    },
    {
      description: 'a tombstone that became a live item is an insert',
      stored: change('modify', { oldImage: tombstone, newImage: live }),
      seen: change('insert', { newImage: live }),
    },
    {
      description: 'a tombstone where nothing was is nobody’s business',
      stored: change('insert', { newImage: tombstone }),
      seen: undefined,
    },
    {
      description: 'a tombstone over another is nobody’s business',
      stored: change('modify', { oldImage: tombstone, newImage: { ...tombstone, expiresAt: { N: '1' } } }),
      seen: undefined,
    },
    {
      description: 'the end of a tombstone is nobody’s business',
      stored: change('expire', { oldImage: tombstone }),
      seen: undefined,
    },
    {
      description: 'a tombstone that is removed by hand is nobody’s business',
      stored: change('remove', { oldImage: tombstone }),
      seen: undefined,
    },
    {
      description: 'a snapshot of a tombstone finds no item',
      stored: change('snapshot', { newImage: tombstone }),
      seen: change('snapshot', {}),
    },
    {
      description: 'a live item that expires, expires',
      stored: change('expire', { oldImage: live }),
      seen: change('expire', { oldImage: live }),
    },
    {
      description: 'a change of a live item stays as it is',
      stored: change('modify', { oldImage: live, newImage: keys }),
      seen: change('modify', { oldImage: live, newImage: keys }),
    },
  ])('$description', ({ stored, seen }) => {
    expect(withoutTombstones(stored, table)).toEqual(seen);
  });
});
