import type { RegionServices } from './region.ts';

/** The region with its index watched: which versions it accepted for each document, in order. */
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
          for (const [index, { id, version }] of operations.entries()) {
            if (results[index]?.errorType !== undefined) continue;
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
