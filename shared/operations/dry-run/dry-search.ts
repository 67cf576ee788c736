import type { BulkOperation, SearchService } from '../../services/opensearch/port.ts';
import { createSearchTwin } from '../../services/opensearch/twin.ts';
import type { Plan } from './planned-change.ts';

/** An index that is read for real and written in memory, each document under the version that it has. */
export function drySearch(options: {
  readonly real: SearchService;
  readonly mappings: Readonly<Record<string, unknown>>;
  readonly nowMs: () => number;
  readonly plan: Plan;
}): SearchService {
  const { real, mappings, nowMs, plan } = options;
  const twin = createSearchTwin({ mappings, nowMs });
  const loaded = new Set<string>();

  async function load(index: string, ids: readonly string[]): Promise<void> {
    const missing = ids.filter((id) => !loaded.has(`${index}/${id}`));
    for (const id of missing) loaded.add(`${index}/${id}`);
    const documents = await real.get({ index, ids: missing });
    await twin.bulk(
      [...documents.values()].map(({ id, version, document }): BulkOperation => {
        const documentJson = JSON.stringify(document);
        return { op: 'index', index, id, version, versionType: 'external_gte', documentJson };
      }),
    );
  }

  return {
    bulk: async (operations) => {
      for (const { index, id } of operations) await load(index, [id]);
      const results = await twin.bulk(operations);
      for (const [at, { op, index, id, version }] of operations.entries()) {
        if (results[at]?.errorType !== undefined) continue;
        plan({ service: 'opensearch', action: op, target: index, key: id, detail: `version ${version}` });
      }
      return results;
    },
    get: async (request) => {
      await load(request.index, request.ids);
      return twin.get(request);
    },
    search: (request) => real.search(request),
  };
}
