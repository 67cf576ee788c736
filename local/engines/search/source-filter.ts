import { isJsonObject, type JsonObject } from '../../../shared/services/opensearch/json.ts';
import { parsingError } from './api-error.ts';
import { matchesPattern } from './cluster.ts';

/** What of a document is returned: `false` nothing, `true` all of it, otherwise the parts that the patterns name. */
export type SourceFilter = boolean | { readonly includes: readonly string[]; readonly excludes: readonly string[] };

/** `_source` of a search body or of one document of "Multi-get". */
export function parseSourceFilter(value: unknown): SourceFilter {
  if (value === undefined) return true;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string' || Array.isArray(value)) return { includes: patterns(value), excludes: [] };
  if (!isJsonObject(value)) throw parsingError('[_source] has to be a boolean, a text, a list or an object');
  const { includes = [], excludes = [], ...rest } = value;
  for (const key of Object.keys(rest)) throw parsingError(`Unknown key for a value in [_source]: [${key}]`);
  return { includes: patterns(includes), excludes: patterns(excludes) };
}

/** `_source`, `_source_includes` and `_source_excludes` of a query string, as far as they are given. */
export function sourceFilterOf(query: ReadonlyMap<string, string>): SourceFilter | undefined {
  const plain = query.get('_source');
  if (plain === 'true' || plain === 'false') return plain === 'true';
  const includes = query.get('_source_includes') ?? plain;
  const excludes = query.get('_source_excludes');
  if (includes === undefined && excludes === undefined) return undefined;
  return { includes: includes?.split(',') ?? [], excludes: excludes?.split(',') ?? [] };
}

/** `,"_source":...`, or nothing. An unfiltered source goes out as it came in. */
export function sourceMember(sourceJson: string, filter: SourceFilter): string {
  if (filter === false) return '';
  if (filter === true) return `,"_source":${sourceJson}`;
  const source: unknown = JSON.parse(sourceJson);
  return `,"_source":${JSON.stringify(isJsonObject(source) ? pick(source, filter, '') : source)}`;
}

function pick(node: JsonObject, filter: Exclude<SourceFilter, boolean>, prefix: string): JsonObject {
  const picked: [string, unknown][] = [];
  for (const [name, value] of Object.entries(node)) {
    const path = prefix + name;
    if (covers(filter.excludes, path)) continue;
    const included = filter.includes.length === 0 || covers(filter.includes, path);
    if (!isJsonObject(value)) {
      if (included) picked.push([name, value]);
      continue;
    }
    const below = pick(value, included ? { includes: [], excludes: filter.excludes } : filter, `${path}.`);
    if (included || Object.keys(below).length > 0) picked.push([name, below]);
  }
  return Object.fromEntries(picked);
}

function covers(list: readonly string[], path: string): boolean {
  return list.some((pattern) => matchesPattern(pattern, path));
}

function patterns(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}
