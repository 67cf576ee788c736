import { connectSearch } from '../../shared/runtime/connect-search.ts';
import { createStreamHandler } from '../../shared/runtime/create-stream-handler.ts';
import { lambda } from '../../shared/runtime/lambda.ts';
import { lazyDynamoDb } from '../../shared/runtime/lazy-dynamodb.ts';
import type { Services } from '../../shared/runtime/services.ts';
import { searchIndex } from '../../shared/sinks/search-index/resources.ts';
import { table } from '../table.ts';
import { definition } from './definition.ts';
import { searchIndexEffects } from './effects.ts';
import { createSink } from './sink.ts';

export function create(services: Services<'dynamodb' | 'search'>) {
  const effects = searchIndexEffects(table);
  return createStreamHandler({ definition, table, effects, sink: createSink(services), services });
}

export const handler = lambda({
  definition,
  create,
  connect: {
    // Only a tie is settled by reading the item.
    dynamodb: lazyDynamoDb,
    search: (config) => connectSearch(config, searchIndex.endpointVariable),
  },
});
