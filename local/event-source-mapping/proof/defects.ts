/**
 * Puts each defect into a copy of the package and expects a test of its rule to fail. Ends with status 1 when a defect
 * goes unnoticed.
 */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { misused, readArguments } from './arguments.ts';
import { applyDefect, type Defect, placesOf, readDefects } from './defect.ts';
import { runRuleTests } from './rule-tests.ts';
import { taggedTests } from './tagged-tests.ts';

const packageFolder = dirname(import.meta.dirname);
const values = readArguments();
const tests = taggedTests(packageFolder);
const chosen = choose(readDefects(packageFolder));
const copy = copyOfPackage();
try {
  process.exitCode = prove(chosen) ? 0 : 1;
} finally {
  rmSync(dirname(copy), { recursive: true, force: true });
}

function choose(defects: readonly Defect[]): readonly Defect[] {
  const unknown = values.rule?.filter((name) => !defects.some(({ rule }) => rule === name)) ?? [];
  if (unknown.length > 0) return misused(`there is no defect for ${unknown.join(', ')}: defects/ names the rules`);
  const wanted = values.rule ? defects.filter(({ rule }) => values.rule?.includes(rule)) : defects;
  if (values.sample === undefined) return wanted;
  // Another sample every day, so that in time all of them are run; the seed is printed to repeat one.
  const seed = values.seed ?? Math.floor(Date.now() / 86_400_000);
  print(`sample of ${values.sample} with --seed ${seed}`);
  const count = Math.min(values.sample, wanted.length);
  const at = Array.from({ length: count }, (_, index) => seed + Math.floor((index * wanted.length) / count));
  return at.flatMap((place) => wanted[place % wanted.length] ?? []);
}

/** Beside the installed packages, so that the tests find them. */
function copyOfPackage(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mapping-defects-'));
  const target = join(folder, 'event-source-mapping');
  cpSync(packageFolder, target, { recursive: true, filter: (path) => !path.endsWith('node_modules') });
  symlinkSync(installedPackages(packageFolder), join(folder, 'node_modules'));
  for (const path of new Set([...tests.values()].flat())) drawFewCases(join(target, path));
  return target;
}

/** Thousands of cases find what nobody thought of; a defect in the line they are about shows in the same few. */
function drawFewCases(path: string): void {
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replaceAll(/numRuns: [\d_]{4,}/g, 'numRuns: 300, seed: 1, endOnFailure: true'));
}

function installedPackages(from: string): string {
  const folder = join(from, 'node_modules');
  return existsSync(join(folder, 'vitest')) ? folder : installedPackages(dirname(from));
}

function prove(defects: readonly Defect[]): boolean {
  const rules = defects.map(({ rule }) => rule);
  const paths = [...new Set(rules.flatMap((rule) => tests.get(rule) ?? []))];
  const sound = runRuleTests(copy, { rules, paths, timeoutMs: 300_000 });
  const broken = sound.results?.filter(({ passed }) => !passed) ?? [];
  if (!sound.results || broken.length > 0) {
    print(`The tests fail without any defect: ${broken.map(({ title }) => title).join('; ') || sound.output}`);
    return false;
  }
  const missed = defects.filter((defect) => {
    const { caught, evidence } = judge(defect);
    print(`${caught ? 'caught' : 'MISSED'}  ${defect.rule.padEnd(36)} ${evidence}`);
    return !caught;
  });
  print(missed.length === 0 ? `All ${defects.length} defects were caught.` : `${missed.length} were not caught.`);
  return missed.length === 0;
}

/** Only a failing test of the rule itself proves something: a copy that does not load, or a test that is gone, not. */
function judge(defect: Defect): { caught: boolean; evidence: string } {
  const { rule } = defect;
  const paths = tests.get(rule) ?? [];
  if (paths.length === 0) return { caught: false, evidence: 'no test is named for the rule' };
  if (placesOf(copy, defect) !== 1) return { caught: false, evidence: `the patch does not apply to ${defect.path}` };
  const undo = applyDefect(copy, defect);
  const { results, output } = runRuleTests(copy, { rules: [rule], paths, timeoutMs: 90_000 });
  undo();
  if (!results) return { caught: true, evidence: 'its test does not end any more' };
  const failed = results.find(({ title, passed }) => !passed && title.includes(`[${rule}]`));
  if (failed) return { caught: true, evidence: failed.title };
  return { caught: false, evidence: results.length > 0 ? 'every test of the rule passes' : `no test ran: ${output}` };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
