import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { matchesBranch } from './branch-match.ts';
import { parseFilterPattern } from './filter-pattern.ts';
import { parseJsonText } from './json-text.ts';
import { LeafCollector, pathsTowards } from './leaves.ts';

interface Recorded {
  readonly engine: string;
  readonly cases: readonly (readonly [pattern: string, event: string, verdict: boolean | 'invalid'])[];
}

// Patterns and events with what AWS's own engine, the open-source one behind EventBridge, said about them.
const { engine, cases }: Recorded = JSON.parse(readFileSync(new URL('verdicts.json', import.meta.url), 'utf8'));

describe(`agrees with ${engine}`, () => {
  it('[filter-language] on what matches', () => {
    const recorded = cases.filter(([, , verdict]) => verdict !== 'invalid');
    expect(recorded.map(([pattern, event]) => [pattern, event, matches(pattern, event)])).toEqual(recorded);
    expect(recorded.length).toBeGreaterThan(150);
  });

  it.each(
    cases.filter(([, , verdict]) => verdict === 'invalid').map(([pattern]) => pattern),
  )('[filter-refused] on refusing %s', (pattern) => {
    expect(() => parseFilterPattern(pattern)).toThrow('Invalid filter pattern definition.');
  });
});

function matches(pattern: string, event: string): boolean {
  const branches = parseFilterPattern(pattern);
  const collector = new LeafCollector(pathsTowards(new Set(branches.flatMap((branch) => [...branch.keys()]))));
  collector.node(parseJsonText(event), '');
  return branches.some((branch) => matchesBranch(branch, collector.leaves));
}
