import { liveImage } from '../../shared/change/tombstone.ts';
import { connectSearch } from '../../shared/runtime/connect-search.ts';
import { createStreamHandler } from '../../shared/runtime/create-stream-handler.ts';
import { lambda } from '../../shared/runtime/lambda.ts';
import { lazyDynamoDb } from '../../shared/runtime/lazy-dynamodb.ts';
import type { Services } from '../../shared/runtime/services.ts';
import { toImage, toItem } from '../../shared/services/dynamodb/image.ts';
import { searchIndex, sourceTable } from '../../shared/sinks/search-index/resources.ts';
import { createSearchIndexSink } from '../../shared/sinks/search-index/sink.ts';
import { table } from '../table.ts';
import { definition } from './definition.ts';
import { searchFields, searchIndexEffects } from './effects.ts';

export function create(services: Services<'dynamodb' | 'search'>) {
  const { config, dynamodb, search } = services;
  const sink = createSearchIndexSink({
    search,
    index: config.value(searchIndex.variable),
    fieldsOf: searchFields(table),
    readItem: async (keys) => {
      const TableName = config.value(sourceTable.variable);
      const { Item } = await dynamodb.getItem({ TableName, Key: toItem(keys), ConsistentRead: true });
      return Item === undefined ? undefined : liveImage(toImage(Item), table);
    },
  });
  return createStreamHandler({ definition, table, effects: searchIndexEffects(table), sink, services });
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
