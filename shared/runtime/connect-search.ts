import { createOpenSearchClient } from '../services/opensearch/client.ts';
import type { SearchService } from '../services/opensearch/port.ts';
import type { Config } from './config.ts';
import { searchSigning } from './search-signing.ts';

/** @param endpointVariable the variable of the function's index resource, e.g. `searchIndex.endpointVariable` */
export function connectSearch(config: Config, endpointVariable: string): SearchService {
  const endpoint = config.value(endpointVariable);
  return createOpenSearchClient({ endpoint, requestTimeoutMs: 20_000, ...searchSigning(endpoint) });
}
