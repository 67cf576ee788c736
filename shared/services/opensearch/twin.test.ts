import { contractMappings, searchServiceContract } from '../../testing/opensearch-contract.ts';
import { createSearchTwin } from './twin.ts';

searchServiceContract('twin', async () => ({
  service: createSearchTwin({ mappings: { users: contractMappings }, nowMs: () => 0 }),
  index: 'users',
  refresh: async () => {},
  stop: async () => {},
}));
