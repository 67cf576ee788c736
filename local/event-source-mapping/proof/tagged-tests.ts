import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A tag stands at the beginning of a title, as in `it('[retry-count] ...')`; several may follow one another. */
const TITLE_TAGS = /['"`]((?:\[[a-z0-9]+(?:-[a-z0-9]+)+\] )+)/g;

/** The rules that tests say they hold: names of rules to the test files, by path within the package. */
export function taggedTests(packageFolder: string): ReadonlyMap<string, readonly string[]> {
  const files = new Map<string, string[]>();
  for (const path of testPaths(packageFolder)) {
    for (const [, tags = ''] of readFileSync(join(packageFolder, path), 'utf8').matchAll(TITLE_TAGS)) {
      for (const [, rule = ''] of tags.matchAll(/\[([^\]]+)\]/g)) {
        const known = files.get(rule) ?? [];
        if (!known.includes(path)) files.set(rule, [...known, path]);
      }
    }
  }
  return files;
}

function testPaths(packageFolder: string): string[] {
  return readdirSync(join(packageFolder, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => `src/${path.replaceAll('\\', '/')}`)
    .sort();
}
