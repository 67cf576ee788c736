import { connectDynamoDb } from '../../shared/runtime/connect-dynamodb.ts';
import { canaryWriter, createCanaryHandler } from '../../shared/runtime/create-canary-handler.ts';
import { lambda } from '../../shared/runtime/lambda.ts';
import { lazySearch } from '../../shared/runtime/lazy-search.ts';
import type { Services } from '../../shared/runtime/services.ts';
import { toImage } from '../../shared/services/dynamodb/image.ts';
import { documentId } from '../../shared/sinks/search-index/document.ts';
import { searchIndex, searchIndexFor } from '../../shared/sinks/search-index/resources.ts';
import { readWrittenIndices } from '../../shared/sinks/search-index/written-indices.ts';
import { canaryUser } from '../canary-user.ts';
import { table } from '../table.ts';
import { definition } from './definition.ts';

export function create(services: Services<'dynamodb' | 'search'>) {
  const { config, search } = services;
  const users = canaryWriter(services, table);
  const id = `${definition.name}-${config.region}`;
  const documentOf = documentId(toImage({ [table.partitionKey.name]: { S: id } }), table);
  const where = { versions: searchIndexFor(table).versions, first: config.value(searchIndex.variable) };
  return createCanaryHandler({
    metric: 'FreshnessSearchMs',
    services,
    prepare: async (minute) => {
      const user = canaryUser(id, minute);
      return {
        write: () => users.put({ ...user }),
        isThere: async () => {
          const { current: index } = await readWrittenIndices(search, where);
          const documents = await search.get({ index, ids: [documentOf], fields: ['name'] });
          return documents.get(documentOf)?.document.name === user.name;
        },
      };
    },
  });
}

export const handler = lambda({
  definition,
  create,
  connect: {
    dynamodb: connectDynamoDb,
    search: (config) => lazySearch(config, searchIndex.endpointVariable),
  },
});
