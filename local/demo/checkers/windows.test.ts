import { HyperLogLog } from 'hyperlolo';
import { describe, expect, it } from 'vitest';
import type { SourceRecord } from './stored.ts';
import { checkWindows } from './windows.ts';

const minute = Date.UTC(2026, 0, 1, 10, 5);
const start = '2026-01-01T10:05:00Z';

function record(sequenceNumber: string, { eventName = 'MODIFY', minutes = 0 } = {}): SourceRecord {
  const arrivedAtMs = minute + minutes * 60_000 + 1_000;
  const id = `u-${sequenceNumber}`;
  const newImage = eventName === 'MODIFY' ? { newImage: { id: { S: id } } } : {};
  return { shardId: 's', sequenceNumber, eventName, eventId: sequenceNumber, id, arrivedAtMs, ...newImage };
}

function row(total: number, active: readonly string[] = [], shardId = 's') {
  const sketch = new HyperLogLog({ precision: 12 });
  for (const id of active) sketch.add(id);
  const part = { S: `${start}#${shardId}#${total}` };
  return { part, start: { S: start }, total: { N: `${total}` }, active: { B: sketch.serialize() } };
}

const records = [record('1'), record('2'), record('3', { eventName: 'NONE' })];
const active = ['u-1', 'u-2'];
const unfinished = new Map([['s', '3']]);

describe('checkWindows', () => {
  it.each([
    { rows: [row(2, active)], lost: 0, doubled: 0, reads: 'what arrived' },
    {
      ...{ rows: [row(1, ['u-1']), row(1, ['u-2', 'u-1'])], lost: 0, doubled: 0 },
      reads: 'what arrived, in the parts of a window that ended early',
    },
    { rows: [row(1, active)], lost: 1, doubled: 0, reads: 'too little' },
    { rows: [row(5, active)], lost: 0, doubled: 3, reads: 'too much' },
    { rows: [], lost: 0, doubled: 0, reads: 'nothing yet' },
    { rows: [row(2, active), row(1, [], 't')], lost: 0, doubled: 1, reads: 'what did not arrive in another shard' },
  ])('judges a minute that counts $reads', ({ rows, lost, doubled }) => {
    const finding = checkWindows({ records, rows, positions: unfinished });
    expect(finding).toMatchObject({ lost, doubled, diverged: 0 });
  });

  it('misses the row of a minute after which the shard has gone on', () => {
    const later = [...records, record('4', { minutes: 1 })];
    expect(checkWindows({ records: later, rows: [], positions: unfinished })).toMatchObject({ expected: 0, lost: 0 });
    const positions = new Map([['s', '4']]);
    expect(checkWindows({ records: later, rows: [], positions })).toMatchObject({ expected: 1, found: 0, lost: 2 });
  });

  const many = Array.from({ length: 500 }, (_, at) => record(`${at + 1}`));
  const names = many.map(({ id }) => id);

  it.each([
    { sketch: names, diverged: 0, tells: 'all who were active, about' },
    { sketch: names.slice(0, 430), diverged: 1, tells: 'too few' },
    { sketch: [...names, ...names.slice(0, 70).map((id) => `${id}'`)], diverged: 1, tells: 'too many' },
  ])('judges a minute that tells $tells', ({ sketch, diverged }) => {
    const finding = checkWindows({ records: many, rows: [row(500, sketch)], positions: unfinished });
    expect(finding).toMatchObject({ lost: 0, doubled: 0, diverged });
  });
});
