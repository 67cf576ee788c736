import { isJsonObject, type JsonObject } from '../../../shared/services/opensearch/json.ts';
import { illegalArgument, parsingError, ShardError } from './api-error.ts';
import type { Cluster, SearchTarget } from './cluster.ts';
import { compileQuery, type Matcher } from './query.ts';
import { type Hit, parseSort, requireSortable, type SortKey, sortHits, sortValue } from './sorting.ts';
import { parseSourceFilter, type SourceFilter, sourceFilterOf, sourceMember } from './source-filter.ts';

export const shards = { total: 1, successful: 1, skipped: 0, failed: 0 } as const;

const maxResultWindow = 10_000;

interface SearchOptions {
  readonly query: unknown;
  readonly from: number;
  readonly size: number;
  readonly sort: readonly SortKey[];
  readonly source: SourceFilter;
  readonly trackTotalHits: number;
  readonly version: boolean;
  readonly seqNo: boolean;
}

/** "Search": the reply's JSON. @throws {SearchApiError} for anything in the body that is not supported. */
export function search(cluster: Cluster, request: SearchCall): string {
  const options = parseOptions(request);
  const hits = matching(cluster.targets(request.expression), options.query, options.sort);
  const sorted = sortHits(hits, options.sort);
  const page = sorted.slice(options.from, options.from + options.size).map((hit) => hitJson(hit, options));
  const best = options.sort.length === 0 && page.length > 0 ? Math.max(...hits.map(({ score }) => score)) : null;
  const head = JSON.stringify({ took: 0, timed_out: false, _shards: shards }).slice(0, -1);
  const total = totalMember(hits.length, options.trackTotalHits);
  return `${head},"hits":{${total}"max_score":${best},"hits":[${page.join(',')}]}}`;
}

/** "Count". */
export function count(cluster: Cluster, request: SearchCall): string {
  const { query, ...rest } = request.body;
  for (const key of Object.keys(rest)) throw parsingError(`request does not support [${key}]`);
  return JSON.stringify({ count: matching(cluster.targets(request.expression), query, []).length, _shards: shards });
}

interface SearchCall {
  /** Names of indices and aliases; all of them when absent. */
  readonly expression: string | undefined;
  readonly body: JsonObject;
  readonly query: ReadonlyMap<string, string>;
}

function matching(targets: readonly SearchTarget[], query: unknown, sort: readonly SortKey[]): Hit[] {
  return targets.flatMap(({ index, aliasFilters }) => {
    requireSortable(sort, index);
    const matches: Matcher = query === undefined ? () => 1 : compileQuery(query, index);
    const filters = aliasFilters?.map((filter) => compileQuery(filter, index));
    const hits: Hit[] = [];
    for (const candidate of index.documents.values()) {
      if (filters?.every((filter) => filter(candidate) === undefined)) continue;
      const score = matches(candidate);
      if (score !== undefined) hits.push({ index, id: candidate.id, score });
    }
    return hits;
  });
}

function parseOptions({ body, query: parameters }: SearchCall): SearchOptions {
  const {
    query,
    sort,
    _source,
    track_total_hits: track,
    version,
    seq_no_primary_term: seqNo,
    from,
    size,
    ...rest
  } = body;
  for (const key of Object.keys(rest)) throw parsingError(`Unknown key for a value in [${key}].`);
  const options = {
    query,
    from: amount('from', parameters.get('from') ?? from ?? 0),
    size: amount('size', parameters.get('size') ?? size ?? 10),
    sort: parseSort(sort),
    source: sourceFilterOf(parameters) ?? parseSourceFilter(_source),
    trackTotalHits: totalHitsLimit(parameters.get('track_total_hits') ?? track),
    version: version === true,
    seqNo: seqNo === true,
  };
  if (options.from + options.size > maxResultWindow) {
    const reason =
      `Result window is too large, from + size must be less than or equal to: [${maxResultWindow}] ` +
      `but was [${options.from + options.size}].`;
    throw new ShardError({ type: 'illegal_argument_exception', reason });
  }
  return options;
}

function amount(name: string, value: unknown): number {
  const number = Number(value);
  if (!Number.isInteger(number)) throw illegalArgument(`Failed to parse int parameter [${name}] with value [${value}]`);
  if (number < 0) throw illegalArgument(`[${name}] parameter cannot be negative, found [${number}]`);
  return number;
}

/** Up to which number hits are counted exactly; 0 when they are not reported. */
function totalHitsLimit(track: unknown): number {
  if (track === undefined) return maxResultWindow;
  if (track === true || track === 'true') return Number.POSITIVE_INFINITY;
  return track === false || track === 'false' ? 0 : amount('track_total_hits', track);
}

function totalMember(found: number, limit: number): string {
  if (limit === 0) return '';
  const total = found > limit ? { value: limit, relation: 'gte' } : { value: found, relation: 'eq' };
  return `"total":${JSON.stringify(total)},`;
}

function hitJson(hit: Hit, { sort, source, version, seqNo }: SearchOptions): string {
  const stored = hit.index.documents.get(hit.id);
  if (stored === undefined) throw new Error(`document ${hit.id} vanished during a search`);
  const scored = sort.length === 0 || sort.some(({ field }) => field === '_score');
  const head = JSON.stringify({
    _index: hit.index.name,
    _id: hit.id,
    ...(version ? { _version: stored.version } : {}),
    ...(seqNo ? { _seq_no: stored.seqNo, _primary_term: 1 } : {}),
    _score: scored ? hit.score : null,
  });
  // As OpenSearch shows them, except that a missing value is null and not the largest or smallest long.
  const values = sort
    .map((key) => sortValue(hit, key))
    .map((value) => (typeof value === 'boolean' ? Number(value) : value));
  const tail = sort.length === 0 ? '' : `,"sort":${JSON.stringify(values)}`;
  return `${head.slice(0, -1)}${sourceMember(stored.document.sourceJson, source)}${tail}}`;
}

/** A body is optional in searches; when there is one it is an object. */
export function searchBody(body: unknown): JsonObject {
  if (body === undefined) return {};
  if (isJsonObject(body)) return body;
  throw parsingError('Expected [START_OBJECT] but found a value');
}
