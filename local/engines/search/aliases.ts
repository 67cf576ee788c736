import { isJsonObject, type JsonObject } from '../../../shared/services/opensearch/json.ts';
import { badRequest, SearchApiError } from './api-error.ts';
import { type Cluster, matchesPattern, parseAlias } from './cluster.ts';
import { compileQuery } from './query.ts';
import type { SearchIndex } from './search-index.ts';

type Change = () => void;

/** "Manage aliases": `add`, `remove` and `remove_index`. All of them or, when one is refused, none. */
export function updateAliases(cluster: Cluster, body: JsonObject): void {
  const { actions } = body;
  if (!Array.isArray(actions)) throw badRequest('x_content_parse_exception', '[aliases] needs a list of actions');
  const changes = actions.flatMap((action: unknown) => {
    const [name = '', options] = Object.entries(isJsonObject(action) ? action : {})[0] ?? [];
    return aliasChanges(cluster, name, isJsonObject(options) ? options : {});
  });
  for (const change of changes) change();
}

function aliasChanges(cluster: Cluster, name: string, options: JsonObject): Change[] {
  const { index, indices, alias, aliases, ...content } = options;
  const expression = [index ?? indices].flat().map(String).join(',');
  const names = [alias ?? aliases].flat().map(String);
  const targets = cluster.targets(expression).map((target) => target.index);
  switch (name) {
    case 'add':
      return targets.flatMap((target) => names.map((each) => addAlias(target, each, content)));
    case 'remove':
      return names.flatMap((each) => removeAlias(targets, each));
    case 'remove_index':
      return targets.map((target) => () => cluster.deleteIndex(target.name));
    default:
      throw badRequest('x_content_parse_exception', `[alias_action] unknown field [${name}]`);
  }
}

/** @throws {SearchApiError} for a filter that no search could use. */
export function addAlias(index: SearchIndex, name: string, content: JsonObject): Change {
  const alias = parseAlias(content);
  if (alias.filter !== undefined) compileQuery(alias.filter, index);
  return () => index.aliases.set(name, alias);
}

export function removeAlias(indices: readonly SearchIndex[], name: string): Change[] {
  const holders = indices.filter(({ aliases }) => aliases.has(name));
  if (holders.length === 0) {
    const resource = { 'resource.id': name, 'resource.type': 'aliases' };
    throw new SearchApiError(404, {
      type: 'aliases_not_found_exception',
      reason: `aliases [${name}] missing`,
      ...resource,
    });
  }
  return holders.map(
    ({ aliases }) =>
      () =>
        aliases.delete(name),
  );
}

/** "Get alias": by index, its aliases that match. @throws {SearchApiError} when a name is given and none has it. */
export function listAliases(cluster: Cluster, request: { expression?: string; alias?: string }): JsonObject {
  const { alias } = request;
  const listed = cluster.targets(request.expression).map(({ index }) => {
    const own = [...index.aliases].filter(([name]) => alias === undefined || matchesPattern(alias, name));
    return [index.name, { aliases: Object.fromEntries(own) }] as const;
  });
  if (alias === undefined) return Object.fromEntries(listed);
  const holding = listed.filter(([, { aliases }]) => Object.keys(aliases).length > 0);
  if (holding.length === 0) throw new SearchApiError(404, `alias [${alias}] missing`);
  return Object.fromEntries(holding);
}
