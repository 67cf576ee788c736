import { Client } from '@opensearch-project/opensearch';
import { afterAll, beforeAll } from 'vitest';
import type { Engine } from '../../local/engines/engine.ts';
import { createOpenSearchClient } from '../../shared/services/opensearch/client.ts';
import { contractMappings, searchServiceContract } from '../../shared/testing/opensearch-contract.ts';
import { provider, startSearch } from '../provided-engines.ts';

let engine: Engine;
let admin: Client;
let indices = 0;

beforeAll(async () => {
  engine = await startSearch();
  admin = new Client({ node: engine.url });
});

afterAll(async () => {
  await admin?.close();
  await engine?.stop();
});

searchServiceContract(`official client on OpenSearch, ${provider}`, async () => {
  indices += 1;
  const index = `contract-${indices}`;
  await admin.indices.create({ index, body: { mappings: contractMappings } });
  // Small bodies, so that the contract also holds where a bulk is cut into several requests.
  const service = createOpenSearchClient({ endpoint: engine.url, requestTimeoutMs: 20_000, bulkBodyBytes: 200 });
  return {
    service,
    index,
    refresh: async () => void (await admin.indices.refresh({ index })),
    stop: async () => {
      await service.close();
      await admin.indices.delete({ index });
    },
  };
});
