import { describe, expect, it } from 'vitest';
import { checkArchive } from './archive.ts';
import type { SourceRecord } from './stored.ts';
import { checkWindows } from './windows.ts';

const minute = Date.UTC(2026, 0, 1, 10, 5);
const start = '2026-01-01T10:05:00Z';

function record(sequenceNumber: string, eventName = 'MODIFY'): SourceRecord {
  return { shardId: 's', sequenceNumber, eventName, eventId: sequenceNumber, id: 'u-1', arrivedAtMs: minute + 1_000 };
}

function row(total: number) {
  return { start: { S: start }, total: { N: `${total}` } };
}

describe('checkWindows', () => {
  const records = [record('1'), record('2'), record('3', 'NONE')];

  it.each([
    { rows: [row(2)], lost: 0, doubled: 0, reads: 'what arrived' },
    { rows: [row(1), row(1)], lost: 0, doubled: 0, reads: 'what arrived, in the parts of a window that ended early' },
    { rows: [row(1)], lost: 1, doubled: 0, reads: 'too little' },
    { rows: [row(5)], lost: 0, doubled: 3, reads: 'too much' },
    { rows: [], lost: 0, doubled: 0, reads: 'nothing yet' },
  ])('judges a minute that counts $reads', ({ rows, lost, doubled }) => {
    expect(checkWindows({ records, rows })).toMatchObject({ lost, doubled });
  });
});

describe('checkArchive', () => {
  it.each([
    { archived: ['s:1', 's:2'], lost: 0, diverged: 0 },
    { archived: ['s:1'], lost: 1, diverged: 0 },
    { archived: ['s:1', 's:2', 's:9'], lost: 0, diverged: 1 },
  ])('of two records finds $archived', ({ archived, lost, diverged }) => {
    const finding = checkArchive({ records: [record('1'), record('2')], archived: new Set(archived) });
    expect(finding).toMatchObject({ lost, diverged });
  });
});
