import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSearch } from '../../local/engines/search/start-search.ts';
import { operatorHandler } from '../../shared/runtime/operator-handler.ts';
import { createOpenSearchClient } from '../../shared/services/opensearch/client.ts';
import { startSearchTunnel } from './search-tunnel.ts';

let cleanup: AsyncDisposableStack;
beforeEach(() => {
  cleanup = new AsyncDisposableStack();
});
afterEach(() => cleanup.disposeAsync());

/** A command's client, whose requests go through the operator function to a domain that only this function reaches. */
async function connected() {
  const engine = cleanup.adopt(await startSearch({ port: 0 }), (started) => started.stop());
  const handler = operatorHandler({ SEARCH_ENDPOINT: engine.url });
  // As Lambda hands over events and answers: as JSON.
  const tunnel = await startSearchTunnel(async (request) =>
    JSON.parse(JSON.stringify(await handler(JSON.parse(JSON.stringify(request))))),
  );
  cleanup.defer(() => tunnel.stop());
  const client = createOpenSearchClient({ endpoint: tunnel.url, requestTimeoutMs: 30_000 });
  cleanup.defer(() => client.close());
  return { client, tunnel, handler };
}

describe('the way to a search domain', () => {
  it('carries every request and answers what the domain answers', async () => {
    const { client, tunnel } = await connected();
    const write = { op: 'index', index: 'users-v1', id: 'ada', version: 7n, versionType: 'external' } as const;
    expect(await client.bulk([{ ...write, documentJson: '{"name":"Ada “L”"}' }])).toMatchObject([{ status: 201 }]);
    expect(await client.bulk([{ ...write, documentJson: '{"name":"late"}' }])).toMatchObject([{ status: 409 }]);
    const stored = await client.get({ index: 'users-v1', ids: ['ada', 'bob'] });
    expect([...stored.values()]).toEqual([{ id: 'ada', version: 7n, document: { name: 'Ada “L”' } }]);
    await expect(client.search({ index: 'absent', filters: [], limit: 1 })).rejects.toMatchObject({
      status: 404,
      errorType: 'index_not_found_exception',
    });
    // Another process of this machine does not know the path.
    expect((await fetch(new URL('/_cluster/health', tunnel.url))).status).toBe(404);
  });

  it('asks in halves for what does not fit into one invocation, and says so of what cannot be halved', async () => {
    const { client } = await connected();
    const name = 'x'.repeat(900_000);
    const ids = Array.from({ length: 9 }, (_, at) => `user-${at}`);
    await client.bulk(
      ids.map((id) => {
        const target = { op: 'index', index: 'users-v1', id, version: 7n, versionType: 'external' } as const;
        return { ...target, documentJson: JSON.stringify({ name }) };
      }),
    );
    const stored = await client.get({ index: 'users-v1', ids: [...ids, 'absent'] });
    expect([...stored.values()].map(({ id, document }) => [id, document.name === name])).toEqual(
      ids.map((id) => [id, true]),
    );
    await expect(client.search({ index: 'users-v1', filters: [], limit: 9 })).rejects.toThrow(
      'HTTP 413, reply_too_large: it does not fit into the 6 MB of an invocation',
    );
  });

  it('tells why the function gave no answer', async () => {
    const tunnel = await startSearchTunnel(async () => {
      throw new Error('tributary-production-operator failed: {"errorType":"Runtime.OutOfMemory"}');
    });
    cleanup.defer(() => tunnel.stop());
    const client = createOpenSearchClient({ endpoint: tunnel.url, requestTimeoutMs: 30_000 });
    cleanup.defer(() => client.close());
    await expect(client.get({ index: 'users-v1', ids: ['ada'] })).rejects.toThrow(
      'HTTP 502, operator_function_error: tributary-production-operator failed: {"errorType":"Runtime.OutOfMemory"}',
    );
  });

  it('takes nothing but requests to the domain', async () => {
    const { handler } = await connected();
    await expect(handler({ source: 'schedule' })).rejects.toThrow(
      'takes requests of `tributary COMMAND --stage NAME` only',
    );
  });
});
