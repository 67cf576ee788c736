import { liveImage } from '../../shared/change/tombstone.ts';
import type { Services } from '../../shared/runtime/services.ts';
import { toImage, toItem } from '../../shared/services/dynamodb/image.ts';
import { searchIndex, searchIndexFor, sourceTable } from '../../shared/sinks/search-index/resources.ts';
import { createSearchIndexSink, type SearchIndexOptions } from '../../shared/sinks/search-index/sink.ts';
import { readWrittenIndices } from '../../shared/sinks/search-index/written-indices.ts';
import { table } from '../table.ts';
import { definition } from './definition.ts';
import { searchFields } from './effects.ts';

const { versions } = searchIndexFor(table);

/** The index of users, or all of them while another one is filled. */
export function createSink(services: Services<'dynamodb' | 'search'>) {
  const { config, search, clock } = services;
  const first = config.value(searchIndex.variable);
  const indices = async () => (await readWrittenIndices(search, { versions, first })).written;
  return createSearchIndexSink({
    ...{ search, indices, fieldsOf: searchFields(table), readItem: itemReader(services) },
    lease: { clock, leaseMs: definition.timeoutS * 1000 },
  });
}

export function itemReader({ config, dynamodb }: Services<'dynamodb'>): SearchIndexOptions['readItem'] {
  return async (keys) => {
    const TableName = config.value(sourceTable.variable);
    const { Item } = await dynamodb.getItem({ TableName, Key: toItem(keys), ConsistentRead: true });
    return Item === undefined ? undefined : liveImage(toImage(Item), table);
  };
}
