import { Client } from '@opensearch-project/opensearch';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../local/engines/engine.ts';
import { type SearchFault, startSearch } from '../../local/engines/search/start-search.ts';
import { createOpenSearchClient } from '../../shared/services/opensearch/client.ts';
import type { BulkOperation } from '../../shared/services/opensearch/port.ts';
import { contractMappings } from '../../shared/testing/opensearch-contract.ts';

describe('client over a failing engine', () => {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });
  const operation: BulkOperation = {
    op: 'index',
    index: 'users',
    id: 'canary-id',
    version: 1n,
    versionType: 'external',
    documentJson: '{"name":"canary-name"}',
  };
  async function failingOnce(fault: SearchFault) {
    const faults = [fault];
    const engine = await startSearch({ port: 0, fault: () => faults.shift() });
    const service = createOpenSearchClient({ endpoint: engine.url, requestTimeoutMs: 5000 });
    stops.push(
      () => service.close(),
      () => engine.stop(),
    );
    const failure = await service.bulk([operation]).then(
      () => undefined,
      (error: unknown) => error,
    );
    return { service, failure };
  }

  it.each([
    { kind: 'refuse', status: 503, errorType: 'cluster_block_exception' },
    { kind: 'throttle', status: 429, errorType: 'rejected_execution_exception' },
  ] as const)('reports $kind with its status after one try, and nothing was written', async ({
    kind,
    status,
    errorType,
  }) => {
    const { service, failure } = await failingOnce({ kind });
    expect(failure).toMatchObject({ name: 'SearchServiceError', status, errorType });
    expect(await service.bulk([operation])).toEqual([{ status: 201 }]);
  });

  it('reports a dropped reply without a status; the write was applied and its repeat is a conflict', async () => {
    const { service, failure } = await failingOnce({ kind: 'dropReply' });
    expect(failure).toMatchObject({ name: 'SearchServiceError', status: undefined, errorType: 'ConnectionError' });
    expect(await service.bulk([operation])).toEqual([{ status: 409, errorType: 'version_conflict_engine_exception' }]);
  });

  it('keeps documents out of its errors', async () => {
    const { failure } = await failingOnce({ kind: 'refuse' });
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toHaveProperty('cause');
    expect(failure).not.toHaveProperty('meta');
    expect(`${String(failure)}${JSON.stringify(failure)}`).not.toContain('canary');
  });
});

describe('official client on the embedded engine', () => {
  let engine: Engine;
  let client: Client;
  beforeEach(async () => {
    engine = await startSearch({ port: 0 });
    client = new Client({ node: engine.url, maxRetries: 0 });
  });
  afterEach(async () => {
    await client.close();
    await engine.stop();
  });
  const refused = (call: Promise<unknown>) =>
    call.then(
      () => undefined,
      (error: { statusCode?: number; body?: { error?: { type?: string } } }) => [
        error.statusCode,
        error.body?.error?.type,
      ],
    );

  it('makes, finds and deletes an index', async () => {
    expect((await client.indices.exists({ index: 'a' })).body).toBe(false);
    await client.indices.create({
      index: 'a',
      body: { settings: { number_of_shards: 1 }, mappings: contractMappings },
    });
    expect((await client.indices.exists({ index: 'a' })).body).toBe(true);
    expect(await refused(client.indices.create({ index: 'a' }))).toEqual([400, 'resource_already_exists_exception']);
    expect((await client.cat.indices({ format: 'json' })).body).toMatchObject([{ index: 'a', 'docs.count': '0' }]);
    await client.indices.delete({ index: 'a' });
    expect(await refused(client.indices.delete({ index: 'a' }))).toEqual([404, 'index_not_found_exception']);
  });

  it('takes mappings of a new index from the template that matches its name', async () => {
    const template = { mappings: { properties: { plan: { type: 'keyword' as const } } } };
    await client.indices.putIndexTemplate({ name: 't', body: { index_patterns: ['users-*'], template } });
    await client.index({ index: 'users-2', id: '1', body: { plan: 'pro' } });
    expect((await client.indices.getMapping({ index: 'users-2' })).body).toEqual({ 'users-2': template });
  });

  it('moves a filtered alias from one index to another at once', async () => {
    for (const index of ['a', 'b']) await client.index({ index, id: index, body: { deleted: false } });
    const filter = { term: { deleted: false } };
    await client.indices.putAlias({ index: 'a', name: 'users', body: { filter } });
    const actions = [{ remove: { index: 'a', alias: 'users' } }, { add: { index: 'b', alias: 'users', filter } }];
    await client.indices.updateAliases({ body: { actions } });
    expect((await client.indices.getAlias({ name: 'users' })).body).toEqual({ b: { aliases: { users: { filter } } } });
    expect((await client.search({ index: 'users' })).body.hits.hits).toMatchObject([{ _id: 'b' }]);
    expect((await client.count({ index: 'users' })).body.count).toBe(1);
  });

  it('writes, reads and deletes single documents by version', async () => {
    const target = { index: 'a', id: '1', version_type: 'external' as const };
    await client.index({ ...target, version: 5, body: { name: 'x' } });
    expect(await refused(client.index({ ...target, version: 5, body: {} }))).toEqual([
      409,
      'version_conflict_engine_exception',
    ]);
    expect((await client.get({ index: 'a', id: '1' })).body).toMatchObject({ _version: 5, _source: { name: 'x' } });
    expect((await client.exists({ index: 'a', id: '1' })).body).toBe(true);
    expect((await client.delete({ ...target, version: 6 })).body).toMatchObject({ result: 'deleted', _version: 6 });
    expect((await client.get({ index: 'a', id: '1' }, { ignore: [404] })).body).toMatchObject({ found: false });
  });

  it('refuses what it does not support, and what is too large', async () => {
    expect(await refused(client.search({ index: 'a', q: 'x' }))).toEqual([400, 'illegal_argument_exception']);
    expect(await refused(client.cluster.stats())).toEqual([400, undefined]);
    const tooLarge = `{"index":{"_index":"a"}}\n{"a":"${'x'.repeat(10 * 1024 * 1024)}"}\n`;
    const request = { method: 'POST', path: '/_bulk', bulkBody: tooLarge };
    expect(await refused(client.transport.request(request))).toEqual([413, undefined]);
  });
});
