import { type FieldValue, type Interval, parseOperand } from '../../../shared/services/opensearch/field-value.ts';
import { isJsonObject, type JsonObject } from '../../../shared/services/opensearch/json.ts';
import type { FieldValues } from '../../../shared/services/opensearch/mapping.ts';
import { badRequest, illegalArgument, parsingError, ShardError } from './api-error.ts';
import type { IndexedDocument, SearchIndex } from './search-index.ts';

/** The score of a matching document, or `undefined` when it does not match. */
export type Matcher = (candidate: { readonly id: string; readonly document: IndexedDocument }) => number | undefined;

/**
 * OpenSearch's query language as far as the project uses it. Scores: BM25 for text, 1 for everything exact (OpenSearch
 * also weighs how rare an exact value is).
 *
 * @throws {SearchApiError} for a query that is not supported or does not fit a field's type.
 * @see the OpenSearch documentation, page "Query DSL"
 */
export function compileQuery(query: unknown, index: SearchIndex): Matcher {
  if (!isJsonObject(query)) throw parsingError('[_na] query malformed, must start with start_object');
  const [clause, ...others] = Object.entries(query);
  if (clause === undefined) throw illegalArgument('query malformed, empty clause found');
  const [name, body] = clause;
  if (others.length > 0) {
    throw parsingError(`[${name}] malformed query, expected [END_OBJECT] but found [FIELD_NAME]`);
  }
  const compile = queries.get(name);
  if (compile === undefined) throw parsingError(`unknown query [${name}]`);
  if (!isJsonObject(body)) throw parsingError(`[${name}] query malformed, no start_object after query name`);
  return compile(body, index);
}

const queries = new Map<string, (body: JsonObject, index: SearchIndex) => Matcher>([
  ['match_all', matchAll],
  ['match', match],
  ['term', term],
  ['terms', terms],
  ['range', range],
  ['exists', exists],
  ['bool', bool],
]);

function matchAll(body: JsonObject): Matcher {
  refuseOthers('match_all', body);
  return () => 1;
}

function match(body: JsonObject, index: SearchIndex): Matcher {
  const [field, content] = onlyField('match', body);
  const { query, operator = 'or', ...rest } = isJsonObject(content) ? content : { query: content };
  refuseOthers('match', rest);
  const combineWith = String(operator).toUpperCase();
  if (combineWith !== 'OR' && combineWith !== 'AND')
    throw illegalArgument(`operator needs to be either OR or AND, but not [${operator}]`);
  if (index.mapping.typeOf(field) !== 'text') return equalsAny(index, field, [query]);
  return scored(index.text(field)?.match(String(query), combineWith));
}

function term(body: JsonObject, index: SearchIndex): Matcher {
  const [field, content] = onlyField('term', body);
  const { value, ...rest } = isJsonObject(content) ? content : { value: content };
  refuseOthers('term', rest);
  return equalsAny(index, field, [value]);
}

function terms(body: JsonObject, index: SearchIndex): Matcher {
  const [field, values] = onlyField('terms', body);
  if (!Array.isArray(values)) throw parsingError(`[terms] query does not support [${field}]`);
  return equalsAny(index, field, values);
}

function equalsAny(index: SearchIndex, field: string, values: readonly unknown[]): Matcher {
  const type = index.mapping.typeOf(field);
  if (type === undefined) return () => undefined;
  if (type === 'text') {
    const found = values.flatMap((value) => [...(index.text(field)?.term(String(value)) ?? [])]);
    return scored(new Map(found));
  }
  const operands = values.map((value) => operand(index, field, value));
  const single = new Set(operands.filter(({ from, to }) => from === to).map(({ from }) => from));
  const wide = operands.filter(({ from, to }) => from !== to);
  return anyValue(field, (value) => single.has(value) || wide.some(({ from, to }) => from <= value && value <= to));
}

const bounds = new Map<string, { end: 'lower' | 'upper'; holds(value: FieldValue, limit: Interval): boolean }>([
  ['gt', { end: 'lower', holds: (value, { to }) => value > to }],
  ['gte', { end: 'lower', holds: (value, { from }) => value >= from }],
  ['lt', { end: 'upper', holds: (value, { from }) => value < from }],
  ['lte', { end: 'upper', holds: (value, { to }) => value <= to }],
]);

function range(body: JsonObject, index: SearchIndex): Matcher {
  const [field, content] = onlyField('range', body);
  const type = index.mapping.typeOf(field);
  const tests = new Map<string, (value: FieldValue) => boolean>();
  for (const [name, bound] of Object.entries(isJsonObject(content) ? content : {})) {
    const known = bounds.get(name);
    if (known === undefined) throw parsingError(`[range] query does not support [${name}]`);
    if (bound === undefined || bound === null || type === undefined) continue;
    const limit = operand(index, field, bound);
    // Of `gt` and `gte`, and of `lt` and `lte`, the later one counts.
    tests.set(known.end, (value) => known.holds(value, limit));
  }
  if (type === undefined) return () => undefined;
  if (type === 'text' || type === 'boolean') {
    throw new ShardError({
      type: 'query_shard_exception',
      reason: `range on field [${field}] of type [${type}] is not supported`,
    });
  }
  return anyValue(field, (value) => [...tests.values()].every((holds) => holds(value)));
}

/** A field exists where it has a value; an object where any field below it has. */
function exists(body: JsonObject): Matcher {
  const { field, ...rest } = body;
  refuseOthers('exists', rest);
  if (typeof field !== 'string') throw parsingError('[exists] must be provided with a [field]');
  const hasValue = (values: FieldValues) =>
    values.has(field) || [...values.keys()].some((name) => name.startsWith(`${field}.`));
  return ({ document }) => (hasValue(document.values) ? 1 : undefined);
}

function bool(body: JsonObject, index: SearchIndex): Matcher {
  const { must, should, must_not: mustNot, filter, minimum_should_match: minimum, ...rest } = body;
  for (const key of Object.keys(rest)) throw badRequest('x_content_parse_exception', `[bool] unknown field [${key}]`);
  const [musts, shoulds, nots, filters] = [must, should, mustNot, filter].map((clauses) => compileAll(clauses, index));
  const required = [...(musts ?? []), ...(filters ?? [])];
  const needed = minimumShouldMatch(minimum, { shoulds: shoulds?.length ?? 0, required: required.length });
  return (candidate) => {
    if (nots?.some((matches) => matches(candidate) !== undefined)) return undefined;
    if (filters?.some((matches) => matches(candidate) === undefined)) return undefined;
    let score = 0;
    for (const matches of musts ?? []) {
      const part = matches(candidate);
      if (part === undefined) return undefined;
      score += part;
    }
    const optional = (shoulds ?? []).map((matches) => matches(candidate)).filter((part) => part !== undefined);
    if (optional.length < needed) return undefined;
    return optional.reduce((sum, part) => sum + part, score);
  };
}

function compileAll(clauses: unknown, index: SearchIndex): Matcher[] {
  if (clauses === undefined) return [];
  return (Array.isArray(clauses) ? clauses : [clauses]).map((clause) => compileQuery(clause, index));
}

/** Where optional clauses are all that could match, at least one of them; where there is nothing to match, none. */
function minimumShouldMatch(minimum: unknown, counts: { shoulds: number; required: number }): number {
  const least = counts.shoulds > 0 && counts.required === 0 ? 1 : 0;
  if (minimum === undefined) return least;
  const wanted = Number(minimum);
  if (!Number.isInteger(wanted))
    throw illegalArgument(`minimum_should_match [${minimum}] is not supported: give an integer`);
  if (counts.shoulds + counts.required === 0) return 0;
  return Math.max(least, wanted < 0 ? counts.shoulds + wanted : wanted);
}

function scored(scores: ReadonlyMap<string, number> | undefined): Matcher {
  return ({ id }) => scores?.get(id);
}

function anyValue(field: string, test: (value: FieldValue) => boolean): Matcher {
  return ({ document }) => (document.values.get(field)?.some(test) ? 1 : undefined);
}

function operand(index: SearchIndex, field: string, value: unknown): Interval {
  const type = index.mapping.typeOf(field);
  const parsed = type === undefined || value === null ? undefined : parseOperand(type, value);
  if (parsed !== undefined) return parsed;
  const reason =
    type === 'date'
      ? `failed to parse date field [${value}] with format [strict_date_optional_time||epoch_millis]`
      : `failed to create query: For input string: "${value}"`;
  throw new ShardError({
    type: type === 'date' ? 'parse_exception' : 'query_shard_exception',
    reason,
    index: index.name,
  });
}

function onlyField(query: string, body: JsonObject): [string, unknown] {
  const [first, second] = Object.entries(body);
  if (first === undefined) throw illegalArgument(`[${query}] query malformed, no field`);
  if (second === undefined) return first;
  throw parsingError(`[${query}] query doesn't support multiple fields, found [${first[0]}] and [${second[0]}]`);
}

function refuseOthers(query: string, rest: JsonObject): void {
  for (const name of Object.keys(rest)) throw parsingError(`[${query}] query does not support [${name}]`);
}
