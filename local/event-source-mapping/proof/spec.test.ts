import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDefect, placesOf, readDefects } from './defect.ts';
import { optionsOf, rulesOf, withTests } from './spec-page.ts';
import { taggedTests } from './tagged-tests.ts';

const packageFolder = dirname(import.meta.dirname);
const page = readFileSync(join(packageFolder, 'SPEC.md'), 'utf8');
const rules = rulesOf(page);
const names = rules.map(({ name }) => name);
const tests = taggedTests(packageFolder);
const defects = readDefects(packageFolder);

describe('SPEC.md', () => {
  it('names every rule once', () => {
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(names.length).toBeGreaterThan(100);
  });

  it('has no rule without a test', () => {
    expect(names.filter((name) => !tests.has(name))).toEqual([]);
  });

  it('has every rule that a test is named for', () => {
    expect([...tests.keys()].filter((name) => !names.includes(name))).toEqual([]);
  });

  it('says where each rule is tested (node proof/write-spec.ts writes it)', () => {
    expect(page).toBe(withTests(page, tests));
  });

  it('gives each rule a source that is linked at its end', () => {
    const linked = new Set([...page.matchAll(/^\[([\w-]+)\]: \S+$/gm)].map(([, key]) => key));
    const unlinked = rules.filter(({ sources }) => sources.length === 0 || sources.some((key) => !linked.has(key)));
    expect(unlinked.map(({ name }) => name)).toEqual([]);
  });

  it('names only options that there are', () => {
    const sources = readdirSync(join(packageFolder, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
      .map((path) => readFileSync(join(packageFolder, 'src', path), 'utf8'))
      .join('\n');
    const options = rules.flatMap(optionsOf).flatMap((option) => option.split('.'));
    expect(options.filter((option) => !new RegExp(`readonly ${option}\\??:`).test(sources))).toEqual([]);
  });
});

describe('the defects', () => {
  it('are one for each rule', () => {
    expect(defects.map(({ rule }) => rule)).toEqual([...names].sort());
  });

  it.each(defects.map((defect) => [defect.rule, defect] as const))('%s changes one line, in one place', (_, defect) => {
    expect(placesOf(packageFolder, defect)).toBe(1);
    expect(Math.max(...defect.changedLines)).toBe(1);
    expect(defect.after).not.toBe(defect.before);
  });

  it('are refused when they are no diff of one place', () => {
    expect(() => parseDefect('a-rule', 'nothing')).toThrow('defects/a-rule.patch is not a diff with one hunk.');
  });
});
