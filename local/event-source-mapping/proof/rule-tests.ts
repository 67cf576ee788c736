import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface TestResult {
  readonly title: string;
  readonly passed: boolean;
}

export interface RuleTests {
  /** Absent when the run did not come to its end in time. */
  readonly results?: readonly TestResult[];
  /** The end of what the run printed. */
  readonly output: string;
}

interface JsonReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

/** Runs, of the given test files, the tests that say they hold one of the rules. */
export function runRuleTests(
  packageFolder: string,
  { rules, paths, timeoutMs }: { rules: readonly string[]; paths: readonly string[]; timeoutMs: number },
): RuleTests {
  const report = join(packageFolder, 'report.json');
  rmSync(report, { force: true });
  const { stdout, stderr, error } = spawnSync(
    process.execPath,
    [
      ...[vitest, 'run', '--root', packageFolder, '--testTimeout', '60000', '--reporter=json', '--outputFile', report],
      ...['-t', `\\[(${rules.join('|')})\\]`, ...paths],
    ],
    // Without the settings of a Vitest that this may run in.
    {
      cwd: packageFolder,
      encoding: 'utf8',
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      env: { PATH: process.env.PATH },
    },
  );
  const output = `${stdout}${stderr}`.trim().slice(-500);
  if (error) return { output: error.message };
  const { testResults }: JsonReport = JSON.parse(readFileSync(report, 'utf8'));
  const results = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'passed' || status === 'failed')
    .map(({ fullName, status }) => ({ title: fullName, passed: status === 'passed' }));
  return { results, output };
}
