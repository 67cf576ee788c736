import { versionsIndex } from '../functions/config.ts';
import type { RegionServices } from './region.ts';

/** The region with its index watched: which versions each index accepted for each document, in order. */
export function recordVersions(services: RegionServices): {
  readonly services: RegionServices;
  readonly versions: ReadonlyMap<string, readonly bigint[]>;
} {
  const versions = new Map<string, bigint[]>();
  const { search } = services;
  return {
    versions,
    services: {
      ...services,
      search: {
        ...search,
        bulk: async (operations) => {
          const results = await search.bulk(operations);
          for (const [at, { index, id: itemId, version }] of operations.entries()) {
            if (results[at]?.errorType !== undefined || index === versionsIndex) continue;
            const id = `${itemId} in ${index}`;
            const known = versions.get(id);
            if (known === undefined) versions.set(id, [version]);
            else known.push(version);
          }
          return results;
        },
      },
    },
  };
}
