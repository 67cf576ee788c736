import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BulkOperation } from '../services/opensearch/port.ts';
import { Scope, type ServiceUnderContract } from './opensearch-scope.ts';

export const contractMappings = {
  dynamic: false,
  properties: {
    plan: { type: 'keyword' },
    logins: { type: 'long' },
    deleted: { type: 'boolean' },
    deletedAt: { type: 'date' },
  },
} as const;

/** What every implementation of SearchService promises, the in-memory twin as well as a real cluster. */
export function searchServiceContract(name: string, start: () => Promise<ServiceUnderContract>): void {
  describe(`SearchService contract: ${name}`, () => {
    const scope = new Scope();
    beforeEach(async () => {
      scope.under = await start();
    });
    afterEach(() => scope.under.stop());
    versionsDecide(scope);
    deletionsHold(scope);
    operationsStandAlone(scope);
    identitiesSurvive(scope);
    searchesFilter(scope);
  });
}

const conflict = { status: 409, errorType: 'version_conflict_engine_exception' };

function versionsDecide(scope: Scope): void {
  const { put, bulk, read } = scope;

  it('keeps the highest version in whatever order versions arrive', async () => {
    const results = await bulk(put('u1', 2n, { at: 2 }), put('u1', 3n, { at: 3 }), put('u1', 1n, { at: 1 }));
    expect(results).toEqual([{ status: 201 }, { status: 200 }, conflict]);
    expect(await read('u1')).toEqual({ id: 'u1', version: 3n, document: { at: 3 } });
  });

  it('refuses an equal version as external and accepts it as external_gte', async () => {
    await bulk(put('u1', 5n, { at: 'first' }));
    expect(await bulk(put('u1', 5n, { at: 'external' }))).toEqual([conflict]);
    expect((await read('u1'))?.document).toEqual({ at: 'first' });
    expect(await bulk(put('u1', 5n, { at: 'gte' }, 'external_gte'))).toEqual([{ status: 200 }]);
    expect((await read('u1'))?.document).toEqual({ at: 'gte' });
  });

  it('refuses a lower version as external_gte', async () => {
    await bulk(put('u1', 5n, { at: 5 }));
    expect(await bulk(put('u1', 4n, { at: 4 }, 'external_gte'))).toEqual([conflict]);
  });

  it('keeps versions of microseconds since 1970 to the last digit', async () => {
    const version = 1_793_228_440_333_217n;
    await bulk(put('u1', version, {}));
    expect(await bulk(put('u1', version - 1n, {}))).toEqual([conflict]);
    expect((await read('u1'))?.version).toBe(version);
    expect(await bulk(put('u1', version + 1n, {}))).toEqual([{ status: 200 }]);
  });
}

function deletionsHold(scope: Scope): void {
  const { put, remove, bulk, read } = scope;

  it('keeps a tombstone against every older write', async () => {
    await bulk(put('u1', 1n, { plan: 'pro' }), put('u1', 3n, { deleted: true }));
    expect(await bulk(put('u1', 2n, { plan: 'late' }))).toEqual([conflict]);
    expect((await read('u1'))?.document).toEqual({ deleted: true });
  });

  it('sweeps a tombstone at its own version, but nothing newer', async () => {
    await bulk(put('swept', 3n, { deleted: true }), put('reborn', 3n, { deleted: true }), put('reborn', 4n, {}));
    expect(await bulk(remove('swept', 3n, 'external_gte'), remove('reborn', 3n, 'external_gte'))).toEqual([
      { status: 200 },
      conflict,
    ]);
    expect(await read('swept')).toBeUndefined();
    expect((await read('reborn'))?.version).toBe(4n);
  });

  it('remembers the version of a delete, also of a document that never was', async () => {
    await bulk(put('u1', 1n, {}));
    expect(await bulk(remove('u1', 5n), remove('ghost', 5n))).toEqual([{ status: 200 }, { status: 404 }]);
    expect(await bulk(put('u1', 4n, {}), put('ghost', 5n, {}))).toEqual([conflict, conflict]);
    expect(await bulk(put('u1', 6n, {}))).toEqual([{ status: 201 }]);
  });
}

function operationsStandAlone(scope: Scope): void {
  const { put, bulk, read } = scope;

  it('answers for every operation alone and in order', async () => {
    await bulk(put('stale', 9n, {}));
    const results = await bulk(
      put('a', 1n, { logins: 1 }),
      put('stale', 1n, {}),
      put('misfit', 1n, { logins: 'canary-value' }),
      put('b', 1n, { logins: '2' }),
    );
    expect(results.map(({ status }) => status)).toEqual([201, 409, 400, 201]);
    expect([...(await scope.service.get({ index: scope.index, ids: ['a', 'misfit', 'b'] })).keys()]).toEqual([
      'a',
      'b',
    ]);
  });

  it('names the field of a misfit without its value or its document', async () => {
    const [result] = await bulk(put('canary-id', 1n, { logins: 'canary-value' }));
    expect(result?.errorType).toBe('mapper_parsing_exception');
    expect(result?.refusal).toBe('failed to parse field [logins] of type [long]');
    expect(JSON.stringify(result)).not.toContain('canary');
  });

  it('refuses an id over 512 bytes without its neighbours', async () => {
    const results = await bulk(put('é'.repeat(257), 1n, {}), put('', 1n, {}), put('é'.repeat(256), 1n, {}));
    expect(results.map(({ status, errorType }) => [status, errorType])).toEqual([
      [400, 'invalid_document_id'],
      [400, 'invalid_document_id'],
      [201, undefined],
    ]);
  });

  it('sends nothing when one operation cannot be sent', async () => {
    await expect(bulk(put('u1', 1n, {}), put('u2', 2n ** 53n, {}))).rejects.toThrow(RangeError);
    const twoLines: BulkOperation = {
      op: 'index',
      index: scope.index,
      id: 'u2',
      version: 1n,
      versionType: 'external',
      documentJson: '{\n}',
    };
    await expect(bulk(put('u1', 1n, {}), twoLines)).rejects.toThrow(TypeError);
    expect(await read('u1')).toBeUndefined();
  });

  it('answers an empty bulk and an empty read', async () => {
    expect(await bulk()).toEqual([]);
    expect(await scope.service.get({ index: scope.index, ids: [] })).toEqual(new Map());
  });
}

function identitiesSurvive(scope: Scope): void {
  const { put, bulk, read } = scope;

  it.each([
    'a/b',
    '50%',
    '%2F',
    'ü #?&',
    '"quoted"\\',
    'a,b',
    '🙂',
    '__proto__',
  ])('keeps the id %s apart', async (id) => {
    await bulk(put(id, 1n, { id }));
    expect((await read(id))?.document).toEqual({ id });
  });

  it('returns attributes named like members of every object', async () => {
    const documentJson = '{"__proto__":{"a":1},"constructor":{"prototype":2}}';
    const operation: BulkOperation = {
      op: 'index',
      index: scope.index,
      id: 'u1',
      version: 1n,
      versionType: 'external',
      documentJson,
    };
    await bulk(operation);
    expect(JSON.stringify((await read('u1'))?.document)).toBe(documentJson);
  });

  it('reads only the asked attributes', async () => {
    await bulk(put('u1', 1n, { plan: 'pro', logins: 3, change: 'c1' }));
    const found = await scope.service.get({ index: scope.index, ids: ['u1', 'none'], fields: ['change'] });
    expect([...found.values()]).toEqual([{ id: 'u1', version: 1n, document: { change: 'c1' } }]);
  });
}

function searchesFilter(scope: Scope): void {
  const { put, bulk } = scope;

  it('finds tombstones older than a time, with their versions', async () => {
    await bulk(
      put('old', 7n, { deleted: true, deletedAt: '2026-01-01T00:00:00Z' }),
      put('young', 8n, { deleted: true, deletedAt: '2026-03-01T00:00:00Z' }),
      put('alive', 9n, { deletedAt: '2026-01-01T00:00:00Z' }),
    );
    await scope.refresh();
    const found = await scope.service.search({
      index: scope.index,
      filters: [
        { field: 'deleted', equals: true },
        { field: 'deletedAt', below: '2026-02-01T00:00:00Z' },
      ],
      limit: 10,
      fields: ['deleted'],
    });
    expect(found).toEqual([{ id: 'old', version: 7n, document: { deleted: true } }]);
  });

  it('finds from a time on, oldest first, page by page', async () => {
    const put3 = (id: string, month: number) => put(id, 1n, { deletedAt: `2026-0${month}-01T00:00:00Z` });
    await bulk(put3('c', 3), put3('a', 1), put3('d', 4), put3('b', 2));
    await scope.refresh();
    const from = (time: string) => ({
      index: scope.index,
      filters: [
        { field: 'deletedAt', from: time },
        { field: 'deletedAt', below: '2026-04-01T00:00:00Z' },
      ],
      limit: 2,
      orderBy: 'deletedAt',
    });
    const idsFrom = async (time: string) => (await scope.service.search(from(time))).map(({ id }) => id);
    expect(await idsFrom('2026-01-01T00:00:00Z')).toEqual(['a', 'b']);
    expect(await idsFrom('2026-02-01T00:00:00Z')).toEqual(['b', 'c']);
  });

  it('finds no more than the limit', async () => {
    await bulk(put('a', 1n, { plan: 'pro' }), put('b', 1n, { plan: 'pro' }), put('c', 1n, { plan: 'free' }));
    await scope.refresh();
    const filters = [{ field: 'plan', equals: 'pro' }];
    expect(await scope.service.search({ index: scope.index, filters, limit: 1 })).toHaveLength(1);
    expect(await scope.service.search({ index: scope.index, filters, limit: 9 })).toHaveLength(2);
  });

  it('fails reads of an index that does not exist', async () => {
    const missing = { status: 404, errorType: 'index_not_found_exception' };
    await expect(scope.service.get({ index: 'nowhere', ids: ['u1'] })).rejects.toMatchObject(missing);
    await expect(scope.service.search({ index: 'nowhere', filters: [], limit: 1 })).rejects.toMatchObject(missing);
  });
}
