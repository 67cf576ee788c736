import { isJsonObject } from '../../../shared/services/opensearch/json.ts';
import { matchesPattern } from './cluster.ts';

/**
 * The common parameter `filter_path`: keeps what some path leads to. `*` stands for any name or part of one, `**` for
 * any number of names; lists are passed through. Exclusions (`-path`) are not supported.
 */
export function filterPath(json: string, expression: string): string {
  const paths = expression.split(',').map((path) => path.split('.'));
  return JSON.stringify(keep(JSON.parse(json), paths) ?? {});
}

function keep(node: unknown, paths: readonly (readonly string[])[]): unknown {
  if (paths.some((path) => path.length === 0)) return node;
  if (Array.isArray(node)) {
    const kept = node.map((element) => keep(element, paths)).filter((element) => element !== undefined);
    return kept.length === 0 ? undefined : kept;
  }
  if (!isJsonObject(node)) return undefined;
  const kept = Object.entries(node)
    .map(
      ([name, child]) =>
        [
          name,
          keep(
            child,
            paths.flatMap((path) => advance(path, name)),
          ),
        ] as const,
    )
    .filter(([, child]) => child !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function advance(path: readonly string[], name: string): (readonly string[])[] {
  const [head = '', ...rest] = path;
  if (head === '**') return rest.length === 0 ? [[]] : [path, ...advance(rest, name)];
  return matchesPattern(head, name) ? [rest] : [];
}
