import { Client } from '@opensearch-project/opensearch';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { table } from '../functions/table.ts';
import type { Engine } from '../local/engines/engine.ts';
import { createOpenSearchClient } from '../shared/services/opensearch/client.ts';
import { createIndexAdmin } from '../shared/services/opensearch/index-admin.ts';
import type { BulkOperation, SearchService } from '../shared/services/opensearch/port.ts';
import { createSearchAdmin } from '../shared/services/opensearch/search-admin-client.ts';
import { classifyCall } from '../shared/sinks/search-index/classify.ts';
import { documentJson } from '../shared/sinks/search-index/document.ts';
import { searchIndexFor } from '../shared/sinks/search-index/resources.ts';
import { expectLoopbackOnly } from './loopback.ts';
import { provider, startSearch } from './provided-engines.ts';

/** What the search promises rest on, as OpenSearch itself does it; the embedded engine does not go that far. */

const { mappings, aliasFilter } = searchIndexFor(table);
let engine: Engine;
let client: Client;
let service: SearchService & { close(): Promise<void> };
let index: string;
let indices = 0;

beforeAll(async () => {
  engine = await startSearch();
  client = new Client({ node: engine.url, maxRetries: 0 });
  service = createOpenSearchClient({ endpoint: engine.url, requestTimeoutMs: 60_000 });
});

afterAll(async () => {
  await service?.close();
  await client?.close();
  await engine?.stop();
});

beforeEach(async () => {
  indices += 1;
  index = `users-v${indices}`;
  const settings = { number_of_replicas: 0, gc_deletes: '1ms' };
  await client.indices.create({ index, body: { settings, mappings } });
});

afterEach(() => client.indices.delete({ index: 'users-v*' }));

function put(id: string, version: bigint, fields: Parameters<typeof documentJson>[0], deleted = false): BulkOperation {
  const mark = { changes: ['change'], changedAt: '2026-01-01T00:00:00Z', deleted };
  return { op: 'index', index, id, version, versionType: 'external', documentJson: documentJson(fields, mark) };
}

const remove = (id: string, version: bigint): BulkOperation => ({
  ...{ op: 'delete', index, id, version, versionType: 'external' },
});

async function found(query: Record<string, unknown>): Promise<unknown[]> {
  await client.indices.refresh({ index });
  const { body } = await client.search({ index, body: { query, sort: [{ id: 'asc' as const }] } });
  return body.hits.hits.map(({ _id }) => _id);
}

describe(`OpenSearch (${provider})`, () => {
  it('listens on loopback only', () => expectLoopbackOnly(engine.url));

  it('finds words in any case, and whole addresses', async () => {
    await service.bulk([
      put('1', 1n, { id: '1', name: 'Ada LOVELACE', email: 'ada@example.com' }),
      put('2', 1n, { id: '2', name: 'Grace Hopper', email: 'grace@example.com' }),
    ]);
    expect(await found({ match: { name: 'lovelace' } })).toEqual(['1']);
    expect(await found({ term: { email: 'grace@example.com' } })).toEqual(['2']);
  });

  it('keeps all 38 digits of a number, and finds it by its size', async () => {
    const balance = '12345678901234567890.123456789012345678';
    await service.bulk([put('1', 1n, { id: '1', balance }), put('2', 1n, { id: '2', balance: '0.1' })]);
    expect((await service.get({ index, ids: ['1'] })).get('1')?.document.balance).toBe(balance);
    expect(await found({ range: { balance: { gt: 1e19 } } })).toEqual(['1']);
  });

  it('finds dates by the day, whatever their zone', async () => {
    await service.bulk([
      put('1', 1n, { id: '1', createdAt: '2026-01-01T23:30:00-02:00' }),
      put('2', 1n, { id: '2', createdAt: '2026-01-01T23:30:00Z' }),
    ]);
    expect(await found({ term: { createdAt: '2026-01-02' } })).toEqual(['1']);
  });

  it('takes any number of attributes that nobody declared, nested ones too, without a new field', async () => {
    const before = (await client.indices.getMapping({ index })).body;
    const wide = Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`attribute${at}`, `${at}`]));
    const nested = { op: 'index', index, id: '2', version: 1n, versionType: 'external' } as const;
    const results = await service.bulk([
      put('1', 1n, { id: '1', ...wide }),
      { ...nested, documentJson: JSON.stringify({ id: '2', tributary: { deleted: false, deep: wide }, other: wide }) },
    ]);
    expect(results).toEqual([{ status: 201 }, { status: 201 }]);
    expect((await client.indices.getMapping({ index })).body).toEqual(before);
    expect((await service.get({ index, ids: ['1'] })).get('1')?.document.attribute1999).toBe('1999');
  });

  it('forgets the version of what it deleted, but not that of a tombstone', async () => {
    await service.bulk([put('deleted', 4n, {}), put('tombstone', 4n, {})]);
    await service.bulk([remove('deleted', 5n), put('tombstone', 5n, {}, true)]);
    const returns = async () => {
      await client.indices.refresh({ index });
      const [result] = await service.bulk([put('deleted', 3n, {})]);
      return result?.status;
    };
    await expect.poll(returns, { interval: 100 }).toBe(201);
    const [late] = await service.bulk([put('tombstone', 3n, {})]);
    expect(late).toEqual({ status: 409, errorType: 'version_conflict_engine_exception' });
  });

  it('shows a write to reads at once, and to searches after a refresh', async () => {
    await client.indices.putSettings({ index, body: { refresh_interval: '-1' } });
    await service.bulk([put('1', 1n, { id: '1' })]);
    expect([...(await service.get({ index, ids: ['1'] })).keys()]).toEqual(['1']);
    expect((await client.count({ index })).body.count).toBe(0);
    expect(await found({ match_all: {} })).toEqual(['1']);
  });

  it('throttles with 429 what is too much at once, and takes it in parts', async () => {
    const large = 'x'.repeat(1024 * 1024);
    const operations = Array.from({ length: 70 }, (_, at) => put(`${at}`, 1n, { id: `${at}`, other: large }));
    const greedy = createOpenSearchClient({
      ...{ endpoint: engine.url, requestTimeoutMs: 60_000 },
      bulkBodyBytes: 90 * 1024 * 1024,
    });
    const refused = await greedy.bulk(operations).then(
      () => undefined,
      (error: unknown) => error,
    );
    await greedy.close();
    expect(refused).toMatchObject({ name: 'SearchServiceError', status: 429 });
    expect(classifyCall(refused)).toMatchObject({ name: 'RetryableError', code: 'sink-throttled' });
    const results = await service.bulk(operations);
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set([201]));
  });

  it('moves a filtered alias at once: a reader sees every document all the time', async () => {
    const alias = 'people';
    const second = `${index}0`;
    await client.indices.create({ index: second, body: { mappings } });
    const documents = ['1', '2', '3'].map((id) => put(id, 1n, { id }));
    const hidden = put('4', 1n, {}, true);
    await service.bulk([...documents, hidden].flatMap((each) => [each, { ...each, index: second }]));
    await client.indices.refresh({ index: `${second},${index}` });
    await client.indices.putAlias({ index, name: alias, body: { filter: aliasFilter } });
    const counts = new Set<number>();
    let moving = true;
    const reader = (async () => {
      while (moving) counts.add((await client.count({ index: alias })).body.count);
    })();
    for (let [from, to] = [index, second], moves = 0; moves < 20; [from, to] = [to, from], moves += 1) {
      const actions = [{ remove: { index: from, alias } }, { add: { index: to, alias, filter: aliasFilter } }];
      await client.indices.updateAliases({ body: { actions } });
    }
    moving = false;
    await reader;
    expect([...counts]).toEqual([3]);
  });

  it('says by the pattern of the indices who holds an alias: nobody, one, the next, nobody again', async () => {
    const requests = createSearchAdmin({ endpoint: engine.url, requestTimeoutMs: 60_000 });
    const admin = createIndexAdmin(requests, 'users-v*');
    const alias = 'readers';
    const next = `${index}1`;
    expect(await admin.holdersOf(alias)).toEqual([]);
    await admin.create(next, mappings);
    for (const to of [index, next, next]) {
      await admin.moveAlias({ alias, filter: aliasFilter, to });
      expect(await admin.holdersOf(alias)).toEqual([to]);
    }
    for (const each of [index, next]) await admin.remove(each);
    expect(await admin.holdersOf(alias)).toEqual([]);
    await requests.close();
  });
});
