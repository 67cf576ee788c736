import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const page = readFileSync(join(root, 'docs', 'engines.md'), 'utf8');

interface Line {
  readonly difference: string;
  readonly heldBy: string;
}

/** The lines of the table under "What differs", without its head. */
function differences(markdown: string): readonly Line[] {
  const table = markdown.slice(markdown.indexOf('## What differs')).split('\n');
  return table
    .filter((line) => line.startsWith('| ') && !line.startsWith('| service |'))
    .map((line) => line.slice(1, line.lastIndexOf('|')).split(' | '))
    .map((cells) => ({ difference: cells.slice(0, -1).join(' | ').trim(), heldBy: cells.at(-1)?.trim() ?? '' }));
}

/** What is wrong with the test that a line names, or undefined when there is such a test. */
function problemOf({ heldBy }: Line): string | undefined {
  const named = /^`([^`]+\.i?test\.ts)`: (.+)$/.exec(heldBy);
  const [, file = '', test = ''] = named ?? [];
  if (named === null) return 'names no test, as `FILE`: NAME';
  if (!existsSync(join(root, file))) return `names ${file}, which is not there`;
  return testNames(file).has(test) ? undefined : `names "${test}", which ${file} does not have`;
}

/** Names of tests, and names by which a file says that a test of a contract is expected to fail. */
function testNames(file: string): ReadonlySet<string> {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /^(it|test)\b/.test(node.expression.getText(source))) add(node.arguments[0]);
    if (ts.isArrayLiteralExpression(node)) for (const element of node.elements) add(element);
    ts.forEachChild(node, visit);
  };
  const add = (node: ts.Node | undefined) => {
    if (node !== undefined && ts.isStringLiteralLike(node)) names.add(node.text);
  };
  visit(source);
  return names;
}

describe('the page about engines', () => {
  const lines = differences(page);

  it('has a line for each difference', () => {
    expect(lines.length).toBeGreaterThan(20);
  });

  it.each(lines)('holds "$difference" by a test that is there', (line) => {
    expect(problemOf(line)).toBeUndefined();
  });

  it.each([
    { heldBy: 'a test somewhere', problem: 'names no test' },
    { heldBy: '`integration-tests/none.itest.ts`: a fact', problem: 'which is not there' },
    { heldBy: '`tools/engines-page.test.ts`: a fact', problem: 'does not have' },
  ])('would notice $heldBy', ({ heldBy, problem }) => {
    expect(problemOf({ difference: 'any', heldBy })).toContain(problem);
  });
});
