import { afterAll, beforeAll, expect, it } from 'vitest';
import { table } from '../functions/table.ts';
import { create } from '../functions/tombstone-sweep/handler.ts';
import type { Engine } from '../local/engines/engine.ts';
import { systemClock } from '../shared/runtime/clock.ts';
import { createOpenSearchClient, type OpenSearchClient } from '../shared/services/opensearch/client.ts';
import { documentJson } from '../shared/sinks/search-index/document.ts';
import { searchIndex, searchIndexFor } from '../shared/sinks/search-index/resources.ts';
import { tombstoneAgeS } from '../shared/sinks/search-index/sweep.ts';
import { baseServices, invocationContext } from '../shared/testing/base-services.ts';
import { startSearch } from './provided-engines.ts';

const { index } = searchIndexFor(table);

let engine: Engine;
let search: OpenSearchClient;

beforeAll(async () => {
  engine = await startSearch();
  search = createOpenSearchClient({ endpoint: engine.url, requestTimeoutMs: 5_000 });
  const { mappings } = searchIndexFor(table);
  const created = await fetch(`${engine.url}/${index}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ mappings }),
  });
  expect(created.ok).toBe(true);
});

afterAll(async () => {
  await search.close();
  await engine.stop();
});

async function put(id: string, changedAtMs: number, deleted: boolean): Promise<void> {
  const mark = { changes: [id], changedAt: new Date(changedAtMs).toISOString(), deleted };
  const version = BigInt(changedAtMs) * 1000n;
  const content = { documentJson: documentJson({}, mark), versionType: 'external' as const };
  expect(await search.bulk([{ op: 'index', index, id, version, ...content }])).toMatchObject([{ status: 201 }]);
}

it('the sweep leaves documents and tombstones that something older may still meet', async () => {
  const ageMs = tombstoneAgeS * 1000;
  await put('old tombstone', Date.now() - ageMs - 60_000, true);
  await put('young tombstone', Date.now() - ageMs + 60_000, true);
  await put('old document', Date.now() - ageMs - 60_000, false);
  // A search sees what has been refreshed.
  await fetch(`${engine.url}/${index}/_refresh`, { method: 'POST' });
  const base = baseServices({ consumer: 'tombstone-sweep', values: { [searchIndex.variable]: index } });
  const emitted: string[] = [];
  const metrics = { ...base.metrics, add: (name: string, value: number) => emitted.push(`${name} ${value}`) };
  await create({ ...base, clock: systemClock, metrics, search })({}, invocationContext);
  expect(emitted).toEqual(['TombstonesSwept 1']);
  const left = await search.get({ index, ids: ['old tombstone', 'young tombstone', 'old document'] });
  expect([...left.keys()].toSorted()).toEqual(['old document', 'young tombstone']);
});
