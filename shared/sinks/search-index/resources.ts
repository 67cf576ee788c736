import type { AttributeDefinition, TableDefinition } from '../../change/table-definition.ts';
import type { IndexResource, SourceTableResource } from '../../runtime/consumer-definition.ts';

export const searchIndex: IndexResource = {
  kind: 'searchIndex',
  variable: 'SEARCH_INDEX',
  endpointVariable: 'SEARCH_ENDPOINT',
  actions: ['es:ESHttpPost'],
  // Bulk and multi-get are checked twice: as a request, and for each index that it touches.
  permissions: {
    cluster: ['indices:data/write/bulk', 'indices:data/read/mget'],
    index: ['indices:data/write/bulk*', 'indices:data/write/index', 'indices:data/read/mget*', 'indices:data/read/get'],
  },
};

/** Read when two changes of an item bear the same microsecond: only the item itself tells which was last. */
export const sourceTable: SourceTableResource = {
  kind: 'sourceTable',
  variable: 'SOURCE_TABLE',
  actions: ['dynamodb:GetItem'],
};

const typeOf = {
  keyword: { type: 'keyword', ignore_above: 8191 },
  text: { type: 'text', fields: { keyword: { type: 'keyword', ignore_above: 256 } } },
  decimal: { type: 'double' },
  date: { type: 'date' },
  boolean: { type: 'boolean' },
} as const;

/** Name, settings and mapping of the index that holds a table's documents, and the alias through which people read. */
export function searchIndexFor(table: TableDefinition) {
  const declared = table.entities.flatMap((entity) => Object.entries(entity.attributes));
  const searched = declared.flatMap(([name, { search }]: [string, AttributeDefinition]) =>
    search === undefined ? [] : [[name, typeOf[search]] as const],
  );
  return {
    index: `${table.name}-v1`,
    alias: table.name,
    /** Every index of the table, and nothing else: roles of a domain are given these. */
    pattern: `${table.name}-v*`,
    /** Says which indices are written; by its name what holds for the table's indices holds for it. */
    versions: `${table.name}-versions`,
    /** Readers never see tombstones. */
    aliasFilter: { term: { 'tributary.deleted': false } },
    mappings: {
      // An attribute that nobody declared never widens the mapping, and never refuses a document.
      dynamic: false as const,
      properties: {
        ...Object.fromEntries(searched),
        tributary: {
          properties: {
            changes: { type: 'keyword' as const },
            changedAt: { type: 'date' as const },
            deleted: { type: 'boolean' as const },
          },
        },
      },
    },
  };
}
