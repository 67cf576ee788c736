/** In what the embedded search differs from OpenSearch, and both from a domain: the proofs of `docs/engines.md`. */
import { Client } from '@opensearch-project/opensearch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../local/engines/engine.ts';
import { provider, startSearch } from '../provided-engines.ts';

const isEmbedded = provider === 'embedded';

describe(`search, ${provider}, differs`, () => {
  let engine: Engine;
  let client: Client;

  beforeAll(async () => {
    engine = await startSearch();
    client = new Client({ node: engine.url, maxRetries: 0 });
  });

  afterAll(async () => {
    await client?.close();
    await engine?.stop();
  });

  const statusOf = (call: Promise<{ readonly statusCode: number | null }>) =>
    call.then(
      ({ statusCode }) => statusCode,
      ({ statusCode }: { readonly statusCode?: number }) => statusCode,
    );

  it('in whether a search finds what was not refreshed yet', async () => {
    // Never by itself: what follows does not depend on how fast this machine is.
    await client.indices.create({ index: 'unrefreshed', body: { settings: { refresh_interval: '-1' } } });
    await client.index({ index: 'unrefreshed', id: '1', body: { plan: 'pro' } });
    const found = async () => (await client.search({ index: 'unrefreshed' })).body.hits.hits.length;
    expect(await found()).toBe(isEmbedded ? 1 : 0);
    await client.indices.refresh({ index: 'unrefreshed' });
    expect(await found()).toBe(1);
  });

  it('in whether the mapping of an index can be added to', async () => {
    await client.indices.create({ index: 'mapped' });
    const body = { properties: { plan: { type: 'keyword' as const } } };
    expect(await statusOf(client.indices.putMapping({ index: 'mapped', body }))).toBe(isEmbedded ? 400 : 200);
  });

  it('in whether it counts what the cluster holds', async () => {
    expect(await statusOf(client.cluster.stats())).toBe(isEmbedded ? 400 : 200);
  });

  it('in whether dates are found by date arithmetic', async () => {
    const mappings = { properties: { at: { type: 'date' as const } } };
    await client.indices.create({ index: 'dated', body: { mappings } });
    const range = { at: { lte: 'now-1d/d' } };
    expect(await statusOf(client.search({ index: 'dated', body: { query: { range } } }))).toBe(isEmbedded ? 400 : 200);
  });

  it('from a domain in having no security plugin', async () => {
    const request = { method: 'GET', path: '/_plugins/_security/api/roles' };
    expect(await statusOf(client.transport.request(request))).toBe(400);
  });
});
