import type { JsonObject } from '../../../shared/services/opensearch/json.ts';
import type { Cluster } from './cluster.ts';
import type { JsonReply } from './documents.ts';
import type { SearchIndex } from './search-index.ts';

interface InfoCall {
  readonly cluster: Cluster;
  readonly path: Readonly<Record<string, string>>;
  readonly query: ReadonlyMap<string, string>;
}

/** The release whose behaviour is copied, so that a client that asks takes the right branch. */
const openSearchVersion = '2.19.1';

/** `GET /` */
export const engineInfo = {
  name: 'tributary',
  cluster_name: 'tributary',
  cluster_uuid: 'tributary-embedded',
  version: {
    distribution: 'opensearch',
    number: openSearchVersion,
    build_type: 'embedded',
    minimum_wire_compatibility_version: '7.10.0',
    minimum_index_compatibility_version: '7.0.0',
  },
  tagline: 'The OpenSearch Project: https://opensearch.org/',
} as const;

/** "Get index". */
export function describeIndices({ cluster, path }: InfoCall): JsonObject {
  return byIndex(cluster, path.index, (index) => ({
    aliases: Object.fromEntries(index.aliases),
    mappings: index.mapping,
    settings: { index: { number_of_shards: '1', ...index.settings, provided_name: index.name, uuid: index.uuid } },
  }));
}

/** "Get settings", flat as `flat_settings` has them. */
export function describeSettings({ cluster, path }: InfoCall): JsonObject {
  return byIndex(cluster, path.index, (index) => ({
    settings: Object.fromEntries(Object.entries(index.settings).map(([name, value]) => [`index.${name}`, value])),
  }));
}

/** "Cluster health": with one node in memory nothing can be unassigned. */
export function clusterHealth({ indices }: Cluster): JsonObject {
  return {
    cluster_name: engineInfo.cluster_name,
    status: 'green',
    timed_out: false,
    number_of_nodes: 1,
    number_of_data_nodes: 1,
    active_primary_shards: indices.size,
    active_shards: indices.size,
    unassigned_shards: 0,
  };
}

/** "Get mapping". */
export function describeMappings({ cluster, path }: InfoCall): JsonObject {
  return byIndex(cluster, path.index, (index) => ({ mappings: index.mapping }));
}

/** "CAT indices", as columns or, with `format=json`, as objects. */
export function catIndices({ cluster, path, query }: InfoCall): JsonReply {
  const rows = cluster.targets(path.index).map(({ index }) => ({
    health: 'green',
    status: 'open',
    index: index.name,
    uuid: index.uuid,
    pri: '1',
    rep: '0',
    'docs.count': String(index.documents.size),
  }));
  return table(rows, query);
}

/** "CAT aliases". */
export function catAliases({ cluster, query }: InfoCall): JsonReply {
  const rows = [...cluster.indices.values()].flatMap((index) =>
    [...index.aliases].map(([alias, { filter }]) => ({
      alias,
      index: index.name,
      filter: filter === undefined ? '-' : '*',
    })),
  );
  return table(rows, query);
}

function byIndex(
  cluster: Cluster,
  expression: string | undefined,
  describe: (index: SearchIndex) => unknown,
): JsonObject {
  return Object.fromEntries(cluster.targets(expression).map(({ index }) => [index.name, describe(index)]));
}

function table(rows: readonly Readonly<Record<string, string>>[], query: ReadonlyMap<string, string>): JsonReply {
  if (query.get('format') === 'json') return { status: 200, json: JSON.stringify(rows) };
  const [first] = rows;
  const title = query.has('v') && first !== undefined ? [Object.keys(first)] : [];
  const lines = [...title, ...rows.map((row) => Object.values(row))].map((cells) => `${cells.join(' ')}\n`);
  return { status: 200, json: lines.join('') };
}
