import { Client } from '@opensearch-project/opensearch';
import { afterEach, describe, expect, it } from 'vitest';
import { type SearchFault, startSearch } from '../../local/engines/search/start-search.ts';
import { createOpenSearchClient } from '../../shared/services/opensearch/client.ts';
import type { BulkOperation } from '../../shared/services/opensearch/port.ts';
import { contractMappings, searchServiceContract } from '../../shared/testing/opensearch-contract.ts';

searchServiceContract('official client on the embedded engine', async () => {
  const engine = await startSearch({ port: 0 });
  const admin = new Client({ node: engine.url });
  await admin.indices.create({ index: 'users', body: { mappings: contractMappings } });
  // Small bodies, so that the contract also holds where a bulk is cut into several requests.
  const service = createOpenSearchClient({ endpoint: engine.url, requestTimeoutMs: 5000, bulkBodyBytes: 200 });
  return {
    service,
    index: 'users',
    refresh: async () => void (await admin.indices.refresh({ index: 'users' })),
    stop: async () => {
      await Promise.all([service.close(), admin.close()]);
      await engine.stop();
    },
  };
});

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
