import { versionsIndex } from '../functions/config.ts';
import type { RegionServices } from './region.ts';

/**
 * The region with its index watched: which versions each index accepted for each document, in order. An index that is
 * removed takes its own with it: what hangs for minutes and lands then is in a new one, which nobody reads.
 */
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
        admin: {
          ...search.admin,
          remove: async (index) => {
            await search.admin.remove(index);
            for (const id of versions.keys()) if (id.endsWith(` in ${index}`)) versions.delete(id);
          },
        },
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
