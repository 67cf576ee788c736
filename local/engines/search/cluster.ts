import { isJsonObject, type JsonObject } from '../../../shared/services/opensearch/json.ts';
import { badRequest, illegalArgument, indexNotFound, SearchApiError } from './api-error.ts';
import { parseIndexSettings } from './index-settings.ts';
import { type Alias, SearchIndex } from './search-index.ts';

/** An index as a search reaches it: with the filters of the aliases on the way, any of which lets a document pass. */
export interface SearchTarget {
  readonly index: SearchIndex;
  readonly aliasFilters?: readonly JsonObject[];
}

interface Template {
  readonly patterns: readonly string[];
  readonly priority: number;
  readonly definition: JsonObject;
}

/** All indices, aliases and templates of the engine. */
export class Cluster {
  readonly indices = new Map<string, SearchIndex>();
  readonly #templates = new Map<string, Template>();
  readonly #nowMs: () => number;
  #created = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  createIndex(name: string, definition: JsonObject): SearchIndex {
    refuseIndexName(name);
    const existing = this.indices.get(name);
    if (existing !== undefined) {
      const reason = `index [${name}/${existing.uuid}] already exists`;
      throw new SearchApiError(400, { type: 'resource_already_exists_exception', reason, index: name });
    }
    const { settings, mappings, aliases, ...rest } = { ...this.#templateFor(name), ...definition };
    for (const key of Object.keys(rest)) throw badRequest('parse_exception', `unknown key [${key}] for create index`);
    const uuid = `${name}-${++this.#created}`;
    const index = new SearchIndex({ name, uuid, settings: parseIndexSettings(settings), mappings, nowMs: this.#nowMs });
    for (const [alias, content] of Object.entries(isJsonObject(aliases) ? aliases : {})) {
      index.aliases.set(alias, parseAlias(content));
    }
    this.indices.set(name, index);
    return index;
  }

  putTemplate(name: string, body: JsonObject): void {
    const { index_patterns: patterns, template = {}, priority = 0, version: _, ...rest } = body;
    for (const key of Object.keys(rest)) {
      throw badRequest('x_content_parse_exception', `[index_template] unknown field [${key}]`);
    }
    if (!Array.isArray(patterns) || !isJsonObject(template)) {
      throw badRequest('x_content_parse_exception', '[index_template] needs index_patterns and a template');
    }
    this.#templates.set(name, { patterns: patterns.map(String), priority: Number(priority), definition: template });
  }

  deleteIndex(name: string): void {
    if (!this.indices.delete(name)) throw indexNotFound(name);
  }

  /** Changes what can be changed while an index is open, and nothing when one setting cannot be. */
  updateSettings(expression: string, settings: JsonObject): void {
    const changed = parseIndexSettings(settings);
    for (const { index } of this.targets(expression)) index.settings = { ...index.settings, ...changed };
  }

  isAlias(name: string): boolean {
    return [...this.indices.values()].some(({ aliases }) => aliases.has(name));
  }

  /** The one index behind a name or an alias; a write also makes the index when it is not known. */
  single(name: string, whenAbsent: 'create' | 'fail'): SearchIndex {
    const own = this.indices.get(name);
    if (own !== undefined) return own;
    const [first, ...others] = [...this.indices.values()].filter(({ aliases }) => aliases.has(name));
    if (others.length > 0) {
      throw illegalArgument(`no write index is defined for alias [${name}]: it points to multiple indices`);
    }
    if (first !== undefined) return first;
    if (whenAbsent === 'fail') throw indexNotFound(name);
    return this.createIndex(name, {});
  }

  /** What a search over `a,b`, `a*`, an alias, `_all` or nothing reaches. @throws {SearchApiError} for unknown ones. */
  targets(expression = '_all'): SearchTarget[] {
    this.#requireKnown(expression);
    const names = expression.split(',');
    return [...this.indices.values()].flatMap((index) => {
      const reaches = names.flatMap((name) => this.#reach(index, name));
      if (reaches.length === 0) return [];
      const filters = reaches.filter((filter) => filter !== undefined);
      return filters.length < reaches.length ? [{ index }] : [{ index, aliasFilters: filters }];
    });
  }

  /** @throws {SearchApiError} for a name without wildcard that is neither an index nor an alias. */
  #requireKnown(expression: string): void {
    for (const name of expression.split(',')) {
      const exact = name !== '_all' && !name.includes('*');
      if (exact && ![...this.indices.values()].some((index) => this.#reach(index, name).length > 0))
        throw indexNotFound(name);
    }
  }

  /** Per way on which `name` leads to the index: the alias's filter, or `undefined` where nothing is filtered. */
  #reach(index: SearchIndex, name: string): (JsonObject | undefined)[] {
    if (name === '_all' || matchesPattern(name, index.name)) return [undefined];
    return [...index.aliases].filter(([alias]) => matchesPattern(name, alias)).map(([, { filter }]) => filter);
  }

  #templateFor(name: string): JsonObject {
    const matching = [...this.#templates.values()].filter(({ patterns }) =>
      patterns.some((pattern) => matchesPattern(pattern, name)),
    );
    return matching.toSorted((a, b) => b.priority - a.priority)[0]?.definition ?? {};
  }
}

export function parseAlias(content: unknown): Alias {
  const { filter, ...rest } = isJsonObject(content) ? content : {};
  for (const key of Object.keys(rest)) throw parsingRefusal(key);
  if (filter === undefined) return {};
  if (!isJsonObject(filter)) throw illegalArgument('the filter of an alias is a query');
  return { filter };
}

function parsingRefusal(key: string): SearchApiError {
  return badRequest('x_content_parse_exception', `[alias_action] unknown field [${key}]`);
}

export function matchesPattern(pattern: string, name: string): boolean {
  if (!pattern.includes('*')) return pattern === name;
  const literal = (text: string) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${pattern.split('*').map(literal).join('.*')}$`, 's').test(name);
}

function refuseIndexName(name: string): void {
  const problem =
    name !== name.toLowerCase()
      ? 'must be lowercase'
      : /^[_\-+]/.test(name)
        ? "must not start with '_'."
        : /[\\/*?"<>| ,#:]/.test(name) || name === '' || name === '.' || name === '..'
          ? 'must not contain the following characters [ , ", *, \\, <, |, ,, >, /, ?]'
          : undefined;
  if (problem !== undefined) {
    throw badRequest('invalid_index_name_exception', `Invalid index name [${name}], ${problem}`);
  }
}
