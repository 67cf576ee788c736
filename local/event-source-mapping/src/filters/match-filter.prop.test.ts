import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesBranch } from './branch-match.ts';
import { parseFilterPattern } from './filter-pattern.ts';
import { parseJsonText } from './json-text.ts';
import { LeafCollector, pathsTowards } from './leaves.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
type Test = string | number | null | { readonly exists: boolean } | { readonly 'anything-but': readonly string[] };

const names = fc.constantFrom('a', 'b', 'c');
const scalars = fc.constantFrom<(string | number | null)[]>('x', 'y', 1, 2, null);
const { record: events } = fc.letrec<{ value: Json; record: { [name: string]: Json } }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalars,
    tie('record'),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
  record: fc.dictionary(names, tie('value'), { maxKeys: 3 }),
}));
const tests: fc.Arbitrary<Test> = fc.oneof(
  scalars,
  fc.record({ exists: fc.boolean() }),
  fc.record({ 'anything-but': fc.constant(['x']) }),
);
const patterns = fc.dictionary(
  fc.array(names, { minLength: 1, maxLength: 3 }).map((path) => path.join('.')),
  fc.array(tests, { minLength: 1, maxLength: 2 }),
  { minKeys: 1, maxKeys: 3 },
);

describe('matching', () => {
  it('[filter-language] agrees with a matcher that tries every choice of array elements', () => {
    fc.assert(
      fc.property(patterns, events, (pattern, event) => {
        expect(compiledMatch(JSON.stringify(pattern), JSON.stringify(event))).toBe(naiveMatch(pattern, event));
      }),
      { numRuns: 2000 },
    );
  });

  it('reads JSON as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        expect(toValue(text)).toEqual(JSON.parse(text));
      }),
    );
  });
});

function compiledMatch(pattern: string, event: string): boolean {
  const branches = parseFilterPattern(pattern);
  const collector = new LeafCollector(pathsTowards(branches.flatMap((branch) => [...branch.keys()])));
  collector.node(parseJsonText(event), '');
  return branches.some((branch) => matchesBranch(branch, collector.leaves));
}

interface FullLeaf {
  readonly path: string;
  readonly scalar: Json;
  /** Where in the record, with array indexes, of every list of lists or objects on the way. */
  readonly choices: readonly string[];
}

/** All leaves with the places of the elements they lie in: nothing compiled, nothing skipped, nothing ordered. */
function leavesOf(value: Json, names: readonly string[], place: string, choices: readonly string[]): FullLeaf[] {
  if (Array.isArray(value)) {
    return value.flatMap((element: Json, index) => {
      const nested = typeof element === 'object' && element !== null;
      return leavesOf(element, names, `${place}[${index}]`, nested ? [...choices, `${place}#${index}`] : choices);
    });
  }
  if (typeof value !== 'object' || value === null) return [{ path: names.join('.'), scalar: value, choices }];
  return Object.entries(value).flatMap(([name, inner]) =>
    leavesOf(inner, [...names, name], `${place}.${name}`, choices),
  );
}

function naiveMatch(pattern: Readonly<Record<string, readonly Test[]>>, event: Json): boolean {
  const leaves = leavesOf(event, [], '', []);
  const paths = Object.keys(pattern).sort();
  // Every way to give each path one of its leaves, or none.
  let choices: (FullLeaf | undefined)[][] = [[]];
  for (const path of paths) {
    const options = [undefined, ...leaves.filter((leaf) => leaf.path === path)];
    choices = choices.flatMap((chosen) => options.map((option) => [...chosen, option]));
  }
  return choices.some((chosen) => {
    const taken = chosen.flatMap((leaf) => leaf?.choices ?? []);
    if (!agree(taken)) return false;
    return paths.every((path, index) => {
      const leaf = chosen[index];
      const given = pattern[path] ?? [];
      if (leaf) return given.some((test) => holds(test, leaf.scalar));
      const before = chosen.slice(0, index).flatMap((other) => other?.choices ?? []);
      const reachable = leaves.some((other) => other.path === path && agree([...before, ...other.choices]));
      return !reachable && given.some((test) => isExists(test) && !test.exists);
    });
  });
}

/** No array with two different elements chosen. */
function agree(choices: readonly string[]): boolean {
  const elements = new Set(choices);
  return new Set([...elements].map((choice) => choice.slice(0, choice.lastIndexOf('#')))).size === elements.size;
}

function holds(test: Test, scalar: Json): boolean {
  if (isExists(test)) return test.exists;
  if (typeof test === 'object' && test !== null) return !test['anything-but'].some((excluded) => excluded === scalar);
  return test === scalar;
}

function isExists(test: Test): test is { readonly exists: boolean } {
  return typeof test === 'object' && test !== null && 'exists' in test;
}

function toValue(text: string): unknown {
  const node = parseJsonText(text);
  const value = (each: typeof node): unknown => {
    if (each.type === 'array') return each.elements.map(value);
    if (each.type === 'object') return Object.fromEntries(each.members.map(([name, inner]) => [name, value(inner)]));
    return each.type === 'string' ? each.value : JSON.parse(each.text);
  };
  return value(node);
}
