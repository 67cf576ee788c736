import { describe, expect, it } from 'vitest';
import { checkArchive } from './archive.ts';
import type { SourceRecord } from './stored.ts';

function record(sequenceNumber: string): SourceRecord {
  return { shardId: 's', sequenceNumber, eventName: 'MODIFY', eventId: sequenceNumber, id: 'u-1' };
}

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
