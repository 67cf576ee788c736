import { Client } from '@opensearch-project/opensearch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setUpSearch } from '../../functions/search-setup/set-up-search.ts';
import { table } from '../../functions/table.ts';
import type { Engine } from '../../local/engines/engine.ts';
import { startSearch } from '../../local/engines/search/start-search.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { isJsonObject } from '../../shared/services/opensearch/json.ts';
import type { SearchAdmin } from '../../shared/services/opensearch/search-admin.ts';
import { createSearchAdmin } from '../../shared/services/opensearch/search-admin-client.ts';
import { searchIndexFor } from '../../shared/sinks/search-index/resources.ts';

const definition = searchIndexFor(table);

/** The embedded engine has no security plugin and changes no mapping; for those two the domain is made up. */
function withoutSecurity(admin: SearchAdmin): SearchAdmin {
  return {
    send: (request) =>
      request.path.startsWith('/_plugins/_security/') || request.path.endsWith('/_mapping')
        ? Promise.resolve({ status: 200, body: {} })
        : admin.send(request),
  };
}

describe('the search set-up on the embedded engine', () => {
  let engine: Engine;
  let client: Client;
  let admin: ReturnType<typeof createSearchAdmin>;
  beforeAll(async () => {
    engine = await startSearch({ port: 0 });
    client = new Client({ node: engine.url });
    admin = createSearchAdmin({ endpoint: engine.url, requestTimeoutMs: 5_000 });
  });
  afterAll(async () => {
    await Promise.all([admin.close(), client.close()]);
    await engine.stop();
  });

  const setUp = () =>
    setUpSearch(
      {
        endpoint: engine.url,
        replicas: 0,
        index: { ...definition, mappings: definition.mappings },
        roles: [{ name: 'search-index', roleArn: 'arn', permissions: { cluster: [], index: [] } }],
        formerRoles: [],
      },
      { admin: withoutSecurity(admin), clock: systemClock, patienceMs: 0 },
    );

  it('hides tombstones from readers of the alias, also when it is repeated over documents', async () => {
    await setUp();
    const document = (deleted: boolean) => ({ country: 'FR', tributary: { changes: ['a'], deleted } });
    await client.index({ index: definition.index, id: 'live', body: document(false), refresh: true });
    await client.index({ index: definition.index, id: 'deleted', body: document(true), refresh: true });
    await setUp();
    const { body } = await client.search({ index: definition.alias, body: { query: { term: { country: 'FR' } } } });
    expect(body.hits.hits.map(({ _id }) => _id)).toEqual(['live']);
  });

  it('gives a later index its fields through the template, and no readers', async () => {
    const later = `${definition.alias}-v2`;
    await client.indices.create({ index: later });
    const { body } = await client.indices.getMapping({ index: later });
    expect(body[later]?.mappings).toMatchObject({ properties: { country: { type: 'keyword' } } });
    const aliases = await client.indices.getAlias({ name: definition.alias });
    expect(isJsonObject(aliases.body) && Object.keys(aliases.body)).toEqual([definition.index]);
  });
});
