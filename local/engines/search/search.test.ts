import { beforeEach, describe, expect, it } from 'vitest';
import { updateAliases } from './aliases.ts';
import { SearchApiError } from './api-error.ts';
import { bulk } from './bulk.ts';
import { Cluster } from './cluster.ts';
import { count, search } from './search.ts';

const users = [
  { id: 'u1', name: 'Jane Doe', plan: 'pro', logins: 30, at: '2024-01-01T00:00:00Z', active: true },
  { id: 'u2', name: 'Jane Roe', plan: 'free', logins: 40, at: '2024-01-02T12:00:00Z', active: false },
  { id: 'u3', name: 'Max Roe', plan: 'pro', logins: [5, 50], address: { city: 'Rome' } },
  { id: 'gone', name: 'Jane Gone', plan: 'pro', deleted: true },
];

let cluster: Cluster;
beforeEach(() => {
  cluster = new Cluster(() => 0);
  const properties = { name: { type: 'text' }, plan: { type: 'keyword' }, at: { type: 'date' } };
  const index = cluster.createIndex('users-1', { mappings: { properties } });
  for (const { id, ...user } of users) index.write(id, JSON.stringify(user), { type: 'internal' });
  const filter = { bool: { must_not: [{ term: { deleted: true } }] } };
  updateAliases(cluster, { actions: [{ add: { index: 'users-1', alias: 'users', filter } }] });
});

interface Reply {
  hits: {
    total?: unknown;
    max_score: unknown;
    hits: { _id: string; _source?: unknown; sort?: unknown; _version?: number }[];
  };
}

function run(body: Record<string, unknown>, expression = 'users'): Reply {
  return JSON.parse(search(cluster, { expression, body, query: new Map() })) as Reply;
}
const ids = (query: unknown, expression?: string) =>
  run({ query }, expression)
    .hits.hits.map(({ _id }) => _id)
    .toSorted();

function refusal(body: Record<string, unknown>): unknown {
  try {
    run(body);
  } catch (error) {
    if (error instanceof SearchApiError) return JSON.parse(JSON.stringify(error));
    throw error;
  }
  return undefined;
}

describe('search', () => {
  it.each([
    { query: { match_all: {} }, found: ['u1', 'u2', 'u3'] },
    { query: { match: { name: 'jane' } }, found: ['u1', 'u2'] },
    { query: { match: { name: { query: 'jane roe', operator: 'and' } } }, found: ['u2'] },
    { query: { match: { logins: '30' } }, found: ['u1'] },
    { query: { term: { plan: { value: 'pro' } } }, found: ['u1', 'u3'] },
    { query: { term: { plan: 'PRO' } }, found: [] },
    { query: { term: { name: 'jane' } }, found: ['u1', 'u2'] },
    { query: { term: { name: 'Jane' } }, found: [] },
    { query: { term: { 'address.city.keyword': 'Rome' } }, found: ['u3'] },
    { query: { term: { at: '2024-01-02' } }, found: ['u2'] },
    { query: { terms: { plan: ['free', 'none'] } }, found: ['u2'] },
    { query: { range: { logins: { gt: 30, lte: 40 } } }, found: ['u2'] },
    { query: { range: { logins: { gte: 45 } } }, found: ['u3'] },
    { query: { range: { at: { lt: '2024-01-02' } } }, found: ['u1'] },
    { query: { range: { at: { lte: '2024-01-02' } } }, found: ['u1', 'u2'] },
    { query: { exists: { field: 'address' } }, found: ['u3'] },
    { query: { exists: { field: 'active' } }, found: ['u1', 'u2'] },
    { query: { term: { unknown: 1 } }, found: [] },
    { query: { bool: { must: [{ match: { name: 'jane' } }], filter: { term: { active: true } } } }, found: ['u1'] },
    { query: { bool: { must_not: { term: { plan: 'pro' } } } }, found: ['u2'] },
    { query: { bool: { should: [{ term: { plan: 'free' } }, { term: { logins: 50 } }] } }, found: ['u2', 'u3'] },
    {
      query: { bool: { should: [{ term: { plan: 'none' } }], filter: { term: { plan: 'pro' } } } },
      found: ['u1', 'u3'],
    },
    {
      query: { bool: { should: [{ term: { plan: 'pro' } }, { match: { name: 'roe' } }], minimum_should_match: 2 } },
      found: ['u3'],
    },
  ])('$query finds $found', ({ query, found }) => {
    expect(ids(query)).toEqual(found);
  });

  it('hides tombstones behind the filtered alias only', () => {
    expect(ids({ match: { name: 'gone' } })).toEqual([]);
    expect(ids({ match: { name: 'gone' } }, 'users-1')).toEqual(['gone']);
    expect(ids({ match: { name: 'gone' } }, 'users,users-1')).toEqual(['gone']);
    expect(JSON.parse(count(cluster, { expression: 'users', body: {}, query: new Map() }))).toMatchObject({ count: 3 });
  });

  it('ranks the better match first and sorts by several keys otherwise', () => {
    const should = [{ match: { name: 'jane' } }, { match: { name: 'roe' } }];
    expect(run({ query: { bool: { should } } }).hits.hits[0]?._id).toBe('u2');
    const sorted = run({ sort: [{ plan: 'desc' }, { logins: { order: 'desc' } }] }).hits;
    expect(sorted.hits.map(({ _id, sort }) => [_id, sort])).toEqual([
      ['u3', ['pro', 50]],
      ['u1', ['pro', 30]],
      ['u2', ['free', 40]],
    ]);
    expect(sorted.max_score).toBeNull();
  });

  it('puts documents without the field last unless told otherwise', () => {
    const order = (missing: string) =>
      run({ sort: { at: { order: 'desc', missing } } }).hits.hits.map(({ _id }) => _id);
    expect(order('_last')).toEqual(['u2', 'u1', 'u3']);
    expect(order('_first')).toEqual(['u3', 'u2', 'u1']);
  });

  it('pages, and counts hits as far as it was asked to', () => {
    const page = run({ sort: ['plan'], from: 1, size: 1, _source: false, version: true });
    expect(page.hits).toMatchObject({ total: { value: 3, relation: 'eq' }, hits: [{ _id: 'u1', _version: 1 }] });
    expect(page.hits.hits[0]).not.toHaveProperty('_source');
    expect(run({ track_total_hits: 2 }).hits.total).toEqual({ value: 2, relation: 'gte' });
    expect(run({ track_total_hits: false }).hits).not.toHaveProperty('total');
  });

  it('returns the asked parts of the source, and all of it as it was sent', () => {
    const query = { term: { 'address.city.keyword': 'Rome' } };
    const source = (_source: unknown) => run({ query, _source }).hits.hits[0]?._source;
    expect(source(['address.*', 'plan'])).toEqual({ plan: 'pro', address: { city: 'Rome' } });
    expect(source({ includes: ['*'], excludes: ['address', 'name'] })).toEqual({ plan: 'pro', logins: [5, 50] });
    cluster.single('users-1', 'fail').write('big', '{"balance":1.2345678901234567890123456789}', { type: 'internal' });
    const reply = search(cluster, {
      expression: 'users',
      body: { query: { exists: { field: 'balance' } } },
      query: new Map(),
    });
    expect(reply).toContain('1.2345678901234567890123456789');
  });

  it.each([
    { body: { query: { fuzzy: { plan: 'x' } } }, type: 'parsing_exception', reason: 'unknown query [fuzzy]' },
    { body: { aggs: {} }, type: 'parsing_exception', reason: 'Unknown key for a value in [aggs].' },
    {
      body: { query: { range: { logins: { gtx: 1 } } } },
      type: 'parsing_exception',
      reason: '[range] query does not support [gtx]',
    },
    { body: { query: {} }, type: 'illegal_argument_exception', reason: 'query malformed, empty clause found' },
    {
      body: { from: -1 },
      type: 'illegal_argument_exception',
      reason: '[from] parameter cannot be negative, found [-1]',
    },
  ])('refuses $body as OpenSearch does', ({ body, type, reason }) => {
    expect(refusal(body)).toEqual({ error: { root_cause: [{ type, reason }], type, reason }, status: 400 });
  });

  it.each([
    { body: { query: { term: { logins: 'abc' } } }, type: 'query_shard_exception' },
    { body: { query: { range: { at: { gte: 'yesterday' } } } }, type: 'parse_exception' },
    { body: { sort: ['name'] }, type: 'illegal_argument_exception' },
    { body: { sort: ['unknown'] }, type: 'query_shard_exception' },
    { body: { from: 9999, size: 2 }, type: 'illegal_argument_exception' },
  ])('reports what only a shard can refuse as a failure of the search phase: $body', ({ body, type }) => {
    expect(refusal(body)).toMatchObject({
      status: 400,
      error: { type: 'search_phase_execution_exception', reason: 'all shards failed', root_cause: [{ type }] },
    });
  });
});

describe('a write block', () => {
  const write = JSON.stringify({ index: { _index: 'blocked', _id: '1' } });
  const outcome = () => JSON.stringify(bulk(cluster, { body: `${write}\n{}\n`, defaultIndex: undefined }));

  it('refuses every write of its index until it is lifted', () => {
    cluster.createIndex('blocked', {});
    cluster.updateSettings('blocked', { 'index.blocks.write': true });
    expect(outcome()).toContain('"status":403');
    cluster.updateSettings('blocked', { 'index.blocks.write': false });
    expect(outcome()).toContain('"status":201');
  });
});
