import { type AttributeValue, defineAttribute, type Item } from '../value.ts';
import type { Placeholders } from './placeholders.ts';
import { isReservedWord } from './reserved-words.ts';
import type { TokenReader } from './tokens.ts';

/** A document path: attribute names and list indexes, outermost first. */
export type Path = readonly [string, ...(string | number)[]];

/** `a.b[0].#c` from the next tokens. */
export function parsePath(tokens: TokenReader, placeholders: Placeholders, what: string): Path {
  const path: [string, ...(string | number)[]] = [parseName(tokens, placeholders, what)];
  for (;;) {
    if (tokens.take('.')) path.push(parseName(tokens, placeholders, what));
    else if (tokens.take('[')) path.push(parseIndex(tokens));
    else return path;
  }
}

export function readPath(item: Item, path: Path): AttributeValue | undefined {
  let value: AttributeValue | undefined = { M: item };
  for (const step of path) {
    if (value === undefined) return undefined;
    value = typeof step === 'number' ? value.L?.[step] : ownAttribute(value.M, step);
  }
  return value;
}

/** Sets a value inside `item`. False when the parent of the last step is not there or of another type. */
export function writePath(item: Item, path: Path, value: AttributeValue): boolean {
  const parent = parentOf(item, path);
  const step = path[path.length - 1];
  if (typeof step === 'string' && parent?.M !== undefined) {
    defineAttribute(parent.M, step, value);
    return true;
  }
  if (typeof step === 'number' && parent?.L !== undefined) {
    // Beyond the end means append, wherever the index points.
    parent.L[Math.min(step, parent.L.length)] = value;
    return true;
  }
  return false;
}

/** Removes what the paths name, list elements by their index before any removal. False when a parent is missing. */
export function removePaths(item: Item, paths: readonly Path[]): boolean {
  const highestIndexFirst = [...paths].sort((a, b) => Number(b[b.length - 1]) - Number(a[a.length - 1]) || 0);
  return highestIndexFirst.every((path) => {
    const parent = parentOf(item, path);
    const step = path[path.length - 1];
    if (typeof step === 'string' && parent?.M !== undefined) delete parent.M[step];
    else if (typeof step === 'number' && parent?.L !== undefined) parent.L.splice(step, 1);
    else return false;
    return true;
  });
}

/** Whether one path is the other or lies inside it. */
export function pathsOverlap(a: Path, b: Path): boolean {
  return a.slice(0, b.length).every((step, index) => step === b[index]);
}

function parentOf(item: Item, path: Path): AttributeValue | undefined {
  if (path.length === 1) return { M: item };
  const [first, ...rest] = path;
  return readPath(item, [first, ...rest.slice(0, -1)]);
}

function ownAttribute(map: Item | undefined, name: string): AttributeValue | undefined {
  return map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined;
}

function parseName(tokens: TokenReader, placeholders: Placeholders, what: string): string {
  const token = tokens.next();
  if (token.kind === 'name') return placeholders.name(token.text, what);
  if (token.kind !== 'word') return tokens.fail(`Syntax error; token: "${token.text}", near: "${token.text}"`);
  if (isReservedWord(token.text)) {
    tokens.fail(`Attribute name is a reserved keyword; reserved keyword: ${token.text}`);
  }
  return token.text;
}

function parseIndex(tokens: TokenReader): number {
  const token = tokens.next();
  if (token.kind !== 'index') tokens.fail(`Syntax error; token: "${token.text}", near: "["`);
  tokens.expect(']');
  return Number(token.text);
}
