/**
 * Puts deliberate defects into copies of the sources and simulates each. The history that showed a defect last time
 * comes first; where it shows it no more, those of seed 1 follow, and with `--remember` the one that does is
 * remembered. A defect that no checker finds within 50,000 records, or whose patch no longer applies, ends it with
 * status 1.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describeCommand, nameAmong, readArguments, wholeNumber } from '../local/command-line.ts';
import { type SourceCopy, sabotagedSources } from '../local/demo/sabotaged-sources.ts';
import { defects } from './defect-list.ts';
import { foundByChecker, type SeedReport } from './seed-report.ts';

const recordsMax = 50_000;
const projectRoot = join(import.meta.dirname, '..');
const seedsFile = join(import.meta.dirname, 'defect-seeds.json');
const command = describeCommand({
  name: 'npm run defects --',
  description: 'Puts deliberate defects into copies of the sources; a checker of the simulator has to notice each.',
  examples: ['npm run defects -- ledger cut-rows', 'npm run defects -- --workers 2'],
})
  .argument(
    '[names...]',
    'only these; simulator/defect-list.ts says what each removes',
    nameAmong(defects.map(([name]) => name)),
  )
  .option('--workers <number>', 'how many at once', wholeNumber(1, 64), 1)
  .option('--remember', 'write down the history that showed a defect', false);
const values = readArguments(command).opts<{ readonly workers: number; readonly remember: boolean }>();
const { args: wanted } = command;

interface Verdict {
  readonly isCaught: boolean;
  readonly evidence: string;
  /** Of the history that shows it. */
  readonly seed?: number;
}

const remembered: Record<string, number> = JSON.parse(readFileSync(seedsFile, 'utf8'));
const chosen = defects.filter(([name]) => wanted.length === 0 || wanted.includes(name));
const queue = chosen[Symbol.iterator]();
let missed = 0;
const startedMs = performance.now();
await Promise.all(Array.from({ length: values.workers }, work));
const told =
  missed === 0 ? `All ${chosen.length} defects were caught.` : `${missed} of ${chosen.length} were not caught.`;
process.stdout.write(`${told} ${secondsSince(startedMs)} in all\n`);
process.exitCode = missed === 0 ? 0 : 1;

/** Workers share the queue, so that each takes the next one as soon as it is free. */
async function work(): Promise<void> {
  for (const [name, removes] of queue) {
    const beginsMs = performance.now();
    const { isCaught, evidence, seed } = await simulateWith(name);
    if (!isCaught) missed += 1;
    const verdict = `${isCaught ? 'caught' : 'MISSED'} in ${secondsSince(beginsMs).padStart(5)}`;
    process.stdout.write(`${verdict}  ${name.padEnd(28)} ${removes}: ${evidence}\n`);
    if (values.remember && seed !== undefined) remember(name, seed);
  }
}

function secondsSince(beginsMs: number): string {
  return `${((performance.now() - beginsMs) / 1000).toFixed(0)} s`;
}

/** Written at once: a run that is broken off has not searched in vain. */
function remember(name: string, seed: number): void {
  remembered[name] = seed;
  const entries = Object.entries(remembered).toSorted(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(seedsFile, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
}

async function simulateWith(name: string): Promise<Verdict> {
  let copy: SourceCopy;
  try {
    copy = await sabotagedSources({ projectRoot, name, folders: ['simulator', 'local'] });
  } catch (error) {
    return { isCaught: false, evidence: error instanceof Error ? error.message : String(error) };
  }
  try {
    const known = remembered[name];
    if (known !== undefined) {
      const verdict = await simulate(copy, { seed: known, records: 1 });
      if (verdict.isCaught) return verdict;
    }
    return await simulate(copy, { seed: 1, records: recordsMax });
  } finally {
    await copy.remove();
  }
}

async function simulate(copy: SourceCopy, { seed, records }: { seed: number; records: number }): Promise<Verdict> {
  const program = join(copy.root, 'simulator', 'simulate.ts');
  const given = ['--seed', String(seed), '--records', String(records), '--json', '--stop-at-failure'];
  return judge(await run(process.execPath, [program, ...given], copy.root));
}

/** Caught is only what a checker found: a run that broke off, or never came to rest, proves nothing. */
function judge({ output, errors }: { output: string; errors: string }): Verdict {
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  if (!line.startsWith('{')) return { isCaught: false, evidence: errors.trim().split('\n').slice(-3).join(' / ') };
  const report: SeedReport = JSON.parse(line);
  for (const { seed, findings } of report.failed) {
    const found = foundByChecker(findings);
    if (found === undefined) continue;
    const { consumer, kind, what } = found;
    const evidence = `${consumer} ${kind} (${what}) within ${report.records} records, seed ${seed}`;
    return { isCaught: true, seed, evidence };
  }
  const [other] = report.failed.flatMap(({ findings }) => findings);
  const besides = other === undefined ? '' : `, besides ${other.consumer} ${other.kind} (${other.what})`;
  return { isCaught: false, evidence: `no checker found anything in ${report.records} records${besides}` };
}

async function run(
  command: string,
  given: readonly string[],
  cwd: string,
): Promise<{ output: string; errors: string }> {
  const child = spawn(command, given, { cwd, env: { PATH: environmentPath() } });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { output, errors };
}

function environmentPath(): string {
  return process.execPath.slice(0, process.execPath.lastIndexOf('/')) + ':/usr/local/bin:/usr/bin:/bin';
}
