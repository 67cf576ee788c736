import { createAuditHandler } from '../../shared/operations/audit/create-audit-handler.ts';
import { connectDynamoDb } from '../../shared/runtime/connect-dynamodb.ts';
import { lambda } from '../../shared/runtime/lambda.ts';
import { lazySearch } from '../../shared/runtime/lazy-search.ts';
import type { Services } from '../../shared/runtime/services.ts';
import { searchIndex } from '../../shared/sinks/search-index/resources.ts';
import { searchCopies } from '../copies.ts';
import { table } from '../table.ts';
import { definition } from './definition.ts';

export function create(services: Services<'dynamodb' | 'search'>) {
  return createAuditHandler({ definition, services, table, copies: searchCopies({ services }) });
}

export const handler = lambda({
  definition,
  create,
  connect: {
    dynamodb: connectDynamoDb,
    search: (config) => lazySearch(config, searchIndex.endpointVariable),
  },
});
