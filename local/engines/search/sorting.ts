import type { FieldValue } from '../../../shared/services/opensearch/field-value.ts';
import { isJsonObject } from '../../../shared/services/opensearch/json.ts';
import { parsingError, ShardError } from './api-error.ts';
import type { SearchIndex } from './search-index.ts';

export interface SortKey {
  readonly field: string;
  readonly descending: boolean;
  readonly missingFirst: boolean;
  /** Whether an index without the field is accepted. */
  readonly unmappedAllowed: boolean;
}

/** One matching document with its score. */
export interface Hit {
  readonly index: SearchIndex;
  readonly id: string;
  readonly score: number;
}

export function parseSort(sort: unknown): SortKey[] {
  if (sort === undefined) return [];
  return (Array.isArray(sort) ? sort : [sort]).flatMap((entry) => {
    if (typeof entry === 'string') return [parseKey(entry, {})];
    if (!isJsonObject(entry))
      throw parsingError('malformed sort format, either start with array, object, or an actual string');
    return Object.entries(entry).map(([field, options]) => parseKey(field, options));
  });
}

function parseKey(field: string, options: unknown): SortKey {
  const {
    order,
    missing = '_last',
    unmapped_type: unmappedType,
    ...rest
  } = isJsonObject(options) ? options : { order: options };
  for (const name of Object.keys(rest)) throw parsingError(`[field_sort] unknown field [${name}]`);
  const direction = order ?? (field === '_score' ? 'desc' : 'asc');
  if (direction !== 'asc' && direction !== 'desc') throw parsingError(`Unknown SortOrder [${direction}]`);
  if (missing !== '_last' && missing !== '_first')
    throw parsingError(`[field_sort] missing [${missing}] is not supported`);
  return {
    field,
    descending: direction === 'desc',
    missingFirst: missing === '_first',
    unmappedAllowed: unmappedType !== undefined,
  };
}

/** @throws {ShardError} for a field that cannot be sorted by. */
export function requireSortable(keys: readonly SortKey[], index: SearchIndex): void {
  for (const { field, unmappedAllowed } of keys) {
    const type = field === '_score' ? 'double' : index.mapping.typeOf(field);
    if (type === undefined && !unmappedAllowed) {
      throw new ShardError({
        type: 'query_shard_exception',
        reason: `No mapping found for [${field}] in order to sort on`,
        index: index.name,
      });
    }
    if (type === 'text') {
      throw new ShardError({
        type: 'illegal_argument_exception',
        reason:
          'Text fields are not optimised for operations that require per-document field data like aggregations and ' +
          `sorting, so these operations are disabled by default. Please use a keyword field instead: [${field}]`,
      });
    }
  }
}

/** What a hit is sorted by: the smallest of several values when ascending, else the largest; null for no value. */
export function sortValue(hit: Hit, key: SortKey): FieldValue | null {
  if (key.field === '_score') return hit.score;
  const values = hit.index.documents.get(hit.id)?.document.values.get(key.field);
  if (values === undefined) return null;
  return values.reduce((best, value) => (key.descending === value > best ? value : best));
}

/** Equal hits keep their order, which is that of creation. Without keys the best score comes first. */
export function sortHits(hits: readonly Hit[], keys: readonly SortKey[]): Hit[] {
  if (keys.length === 0) return hits.toSorted((a, b) => b.score - a.score);
  const rows = hits.map((hit) => ({ hit, values: keys.map((key) => sortValue(hit, key)) }));
  rows.sort((a, b) => {
    for (const [position, key] of keys.entries()) {
      const order = compare(a.values[position] ?? null, b.values[position] ?? null, key);
      if (order !== 0) return order;
    }
    return 0;
  });
  return rows.map(({ hit }) => hit);
}

function compare(a: FieldValue | null, b: FieldValue | null, key: SortKey): number {
  if (a === b) return 0;
  if (a === null) return key.missingFirst ? -1 : 1;
  if (b === null) return key.missingFirst ? 1 : -1;
  return a < b === key.descending ? 1 : -1;
}
