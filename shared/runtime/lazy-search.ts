import type { SearchService } from '../services/opensearch/port.ts';
import type { Config } from './config.ts';

/** OpenSearch for a function that loads another client first: its own comes with the first call. */
export function lazySearch(config: Config, endpointVariable: string): SearchService {
  let connected: Promise<SearchService> | undefined;
  const search = () => {
    connected ??= import('./connect-search.ts').then(({ connectSearch }) => connectSearch(config, endpointVariable));
    return connected;
  };
  return {
    bulk: async (operations) => (await search()).bulk(operations),
    get: async (request) => (await search()).get(request),
    search: async (request) => (await search()).search(request),
  };
}
