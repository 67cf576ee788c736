import { type AttributeValue, defineAttribute, type Item } from '../value.ts';
import { type Path, parsePath, readPath } from './path.ts';
import type { Placeholders } from './placeholders.ts';
import { readTokens } from './tokens.ts';

export function parseProjection(expression: string, placeholders: Placeholders): Path[] {
  const what = 'ProjectionExpression';
  const tokens = readTokens(expression, what);
  const paths = [parsePath(tokens, placeholders, what)];
  while (tokens.take(',')) paths.push(parsePath(tokens, placeholders, what));
  if (tokens.peek().kind !== 'end') tokens.fail(`Syntax error; token: "${tokens.peek().text}"`);
  return paths;
}

/** What the paths name, in its place in the document; elements of a list close ranks. */
export function project(item: Item, paths: readonly Path[]): Item {
  const wanted = new Map<string, Path[]>();
  for (const path of paths) {
    if (readPath(item, path) === undefined) continue;
    wanted.set(path[0], [...(wanted.get(path[0]) ?? []), path]);
  }
  const projected: Item = {};
  for (const [name, below] of wanted) {
    const value = item[name];
    if (value !== undefined)
      defineAttribute(
        projected,
        name,
        projectValue(
          value,
          below.map((path) => path.slice(1)),
        ),
      );
  }
  return projected;
}

function projectValue(value: AttributeValue, paths: readonly (readonly (string | number)[])[]): AttributeValue {
  if (paths.some((path) => path.length === 0)) return value;
  const steps = [...new Set(paths.flatMap(([step]) => step ?? []))];
  const below = (step: string | number) => paths.filter(([first]) => first === step).map((path) => path.slice(1));
  if (value.L !== undefined) {
    const indexes = steps.filter((step) => typeof step === 'number').sort((a, b) => a - b);
    return { L: indexes.flatMap((index) => projectIfThere(value.L[index], below(index))) };
  }
  const map: Item = {};
  for (const step of steps) {
    const [child] = projectIfThere(value.M?.[step], below(step));
    if (child !== undefined) defineAttribute(map, String(step), child);
  }
  return { M: map };
}

function projectIfThere(
  value: AttributeValue | undefined,
  paths: readonly (readonly (string | number)[])[],
): AttributeValue[] {
  return value === undefined ? [] : [projectValue(value, paths)];
}
