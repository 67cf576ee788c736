import { createOpenSearchClient } from '../services/opensearch/client.ts';
import type { SearchService } from '../services/opensearch/port.ts';
import type { Config } from './config.ts';

/** @param endpointVariable the variable of the function's index resource, e.g. `searchIndex.endpointVariable` */
export function connectSearch(config: Config, endpointVariable: string): SearchService {
  return createOpenSearchClient({ endpoint: config.value(endpointVariable), requestTimeoutMs: 20_000 });
}
