import { connectSearch } from '../../shared/runtime/connect-search.ts';
import { createHandler } from '../../shared/runtime/create-handler.ts';
import { lambda } from '../../shared/runtime/lambda.ts';
import type { Invoke, Services } from '../../shared/runtime/services.ts';
import { searchIndex, searchIndexFor } from '../../shared/sinks/search-index/resources.ts';
import { sweepTombstones } from '../../shared/sinks/search-index/sweep.ts';
import { readWrittenIndices } from '../../shared/sinks/search-index/written-indices.ts';
import { table } from '../table.ts';
import { definition } from './definition.ts';

export function create(services: Services<'search'>): Invoke<void> {
  const { config, search, clock, metrics } = services;
  const where = { versions: searchIndexFor(table).versions, first: config.value(searchIndex.variable) };
  return createHandler({
    services,
    run: async (_event, context) => {
      const limits = { remainingMs: () => context.getRemainingTimeInMillis() };
      const { written } = await readWrittenIndices(search, where);
      for (const index of written) {
        metrics.add('TombstonesSwept', await sweepTombstones({ search, index, clock }, limits));
      }
    },
  });
}

export const handler = lambda({
  definition,
  create,
  connect: { search: (config) => connectSearch(config, searchIndex.endpointVariable) },
});
