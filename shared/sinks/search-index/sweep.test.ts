import { beforeEach, describe, expect, it } from 'vitest';
import type { SearchService } from '../../services/opensearch/port.ts';
import { createSearchTwin } from '../../services/opensearch/twin.ts';
import { documentJson } from './document.ts';
import { searchIndexFor } from './resources.ts';
import { sweepTombstones, tombstoneAgeS } from './sweep.ts';

const table = {
  name: 'things',
  partitionKey: { name: 'id', type: 'S' },
  versionAttribute: 'v',
  tombstoneAttribute: 'gone',
  entities: [],
} as const;
const { index, mappings } = searchIndexFor(table);
const nowMs = Date.UTC(2026, 6, 1);
const old = nowMs - tombstoneAgeS * 1000 - 1;
const young = nowMs - tombstoneAgeS * 1000 + 1000;

let search: SearchService;
let sleeps: number;

beforeEach(() => {
  search = createSearchTwin({ mappings: { [index]: mappings }, nowMs: () => nowMs });
  sleeps = 0;
});

async function put(id: string, { deleted, changedAtMs }: { deleted: boolean; changedAtMs: number }): Promise<void> {
  const mark = { changes: [id], changedAt: new Date(changedAtMs).toISOString(), deleted };
  const version = BigInt(changedAtMs) * 1000n;
  const documentOf = { documentJson: documentJson({}, mark), versionType: 'external' as const };
  await search.bulk([{ op: 'index', index, id, version, ...documentOf }]);
}

function sweep(options: { search?: SearchService; pageSize?: number; remainingMs?: number } = {}) {
  const clock = {
    nowMs: () => nowMs,
    sleep: async () => {
      sleeps += 1;
    },
  };
  const { remainingMs = 300_000, ...rest } = options;
  return sweepTombstones({ search, index, clock, ...rest }, { remainingMs: () => remainingMs });
}

async function left(): Promise<readonly string[]> {
  return (await search.search({ index, filters: [], limit: 100 })).map(({ id }) => id).toSorted();
}

describe('the tombstone sweep', () => {
  it('removes tombstones that nothing older can follow, and no others, and no documents', async () => {
    await put('old tombstone', { deleted: true, changedAtMs: old });
    await put('young tombstone', { deleted: true, changedAtMs: young });
    await put('old document', { deleted: false, changedAtMs: old });
    expect(await sweep()).toBe(1);
    expect(await left()).toEqual(['old document', 'young tombstone']);
  });

  it('leaves an item that was written again between the look and the deletion', async () => {
    await put('a', { deleted: true, changedAtMs: old });
    const late: SearchService = {
      ...search,
      bulk: async (operations) => {
        await put('a', { deleted: false, changedAtMs: young });
        return search.bulk(operations);
      },
    };
    expect(await sweep({ search: late })).toBe(0);
    expect(await left()).toEqual(['a']);
  });

  it('goes on page by page, and stops when the time is up', async () => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) await put(id, { deleted: true, changedAtMs: old });
    expect(await sweep({ pageSize: 2, remainingMs: 1_000 })).toBe(2);
    expect(await sweep({ pageSize: 2 })).toBe(3);
    expect(await left()).toEqual([]);
    expect(sleeps).toBe(1);
  });
});
