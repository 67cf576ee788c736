/**
 * Simulates the pipeline: `npm run simulate -- --seed S --records N [--faults NAME,...]`, or `--seeds A..B` with so
 * many records each, in `--workers W` processes. Prints what was found, with `--coverage` the faults that befell each
 * consumer and the branches of recovery that were reached, and the hash of the run, which is the same whenever the same
 * is run. What failed is run again by the command that is printed. Ends with status 1 when something was found, and
 * when `--coverage-minimum N` is given and something that can happen to a consumer did less often, or a marked branch
 * was never reached.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Coverage } from './faults/fault-book.ts';
import { type FaultName, faultNames, isFaultName } from './faults/fault-names.ts';
import { addReached, findMarks, type Reached, watchMarks } from './recovery-marks.ts';
import { describeCoverage, describeReached, missingCoverage } from './report-coverage.ts';
import { addCoverage, historySteps, runSeed } from './run-seed.ts';
import { describeFailure, shrink } from './shrink.ts';
import { createDigest } from './world/digest.ts';
import { loadHandlers } from './world/world.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    records: { type: 'string', default: '1' },
    faults: { type: 'string', default: 'all' },
    workers: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    coverage: { type: 'boolean', default: false },
    'coverage-minimum': { type: 'string', default: '0' },
    'stop-at-failure': { type: 'boolean', default: false },
    'no-shrink': { type: 'boolean', default: false },
  },
});

/** What one process has to tell another, a line of JSON for each seed. */
interface SeedReport {
  readonly seed: number;
  readonly records: number;
  readonly deliveries: number;
  readonly hash: string;
  readonly coverage: readonly (readonly [string, { readonly fired: number; readonly changed: number }])[];
  readonly reached: readonly (readonly [string, number])[];
  readonly failed: readonly { readonly seed: number; readonly findings: readonly Finding[] }[];
}

interface Finding {
  readonly consumer: string;
  readonly kind: string;
  readonly what: string;
}

/** Of the seeds of a process. To count blocks makes the sources some 40 % slower. */
const watchedShare = 0.2;

const startedMs = performance.now();
const seeds = seedsOf(values.seeds ?? values.seed ?? '1');
const faults = faultsOf(values.faults);
const workers = Math.min(Number(values.workers), seeds.length);
const reports = workers > 1 ? await inProcesses() : await here();
if (!values.json) await tell();
if (reports.some(({ failed }) => failed.length > 0)) process.exitCode = 1;

async function here(): Promise<SeedReport[]> {
  const marks = values.coverage ? watchMarks(findMarks(join(import.meta.dirname, '..'))) : undefined;
  const handlers = await loadHandlers();
  const done: SeedReport[] = [];
  for (const seed of seeds) {
    const result = await runSeed({
      seed,
      records: Number(values.records),
      faults,
      handlers,
      stopsAtFailure: values['stop-at-failure'],
    });
    const failed = result.failed.map((history) => ({ seed: history.seed, findings: history.findings }));
    const report = { ...result, failed, coverage: [...result.coverage], reached: [...(marks?.take() ?? [])] };
    if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
    done.push(report);
  }
  return done;
}

/** Seeds share nothing, so processes share them out. */
async function inProcesses(): Promise<SeedReport[]> {
  const shares = Array.from({ length: workers }, (_, worker) =>
    seeds.filter((_each, index) => index % workers === worker),
  );
  const lines = await Promise.all(
    shares.map(async (share) => {
      const watched = values.coverage ? Math.ceil(share.length * watchedShare) : 0;
      return [
        ...(await runShare(share.slice(0, watched), ['--coverage'])),
        ...(await runShare(share.slice(watched), [])),
      ];
    }),
  );
  return lines.flat().sort((a, b) => a.seed - b.seed);
}

async function runShare(share: readonly number[], more: readonly string[]): Promise<SeedReport[]> {
  if (share.length === 0) return [];
  const given = [
    '--seeds',
    share.join(','),
    '--records',
    values.records,
    '--faults',
    [...faults].join(','),
    '--json',
    ...more,
  ];
  const child = spawn(process.execPath, [import.meta.filename, ...given], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) text += chunk;
  const told = text
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '');
  if (told.length < share.length) throw new Error(`a process of the simulation broke off after ${told.length} seeds`);
  return told.map((line): SeedReport => JSON.parse(line));
}

async function tell(): Promise<void> {
  const coverage: Coverage = new Map();
  const reached: Reached = new Map();
  const hash = createDigest();
  for (const report of reports) {
    addReached(reached, new Map(report.reached));
    addCoverage(coverage, new Map(report.coverage));
    hash.add(report.hash);
  }
  const total = (count: (report: SeedReport) => number) => reports.reduce((sum, report) => sum + count(report), 0);
  const failed = reports.flatMap((report) => report.failed);
  if (values.coverage) tellCoverage(coverage, reached);
  const findings = failed.flatMap((history) => history.findings);
  const counts = ['lost', 'doubled', 'diverged', 'unaccounted'].map(
    (kind) => `${kind} ${findings.filter((finding) => finding.kind === kind).length}`,
  );
  process.stdout.write(`${counts.join(', ')}\n`);
  const seconds = (performance.now() - startedMs) / 1000;
  process.stdout.write(
    `${total(({ records }) => records)} changes and ${total(({ deliveries }) => deliveries)} Kinesis records of ` +
      `${reports.length} seeds in ${seconds.toFixed(1)} s; hash ${hash.value()}\n`,
  );
  const [first] = failed;
  if (first === undefined) return;
  process.stdout.write(`${failed.length} histories failed. Each is run again by its seed:\n`);
  for (const { seed } of failed.slice(0, 10)) process.stdout.write(`  ${commandFor(seed)}\n`);
  if (values['no-shrink']) return;
  const handlers = await loadHandlers();
  const smallest = await shrink({ seed: first.seed, steps: historySteps, faults, handlers });
  process.stdout.write(describeFailure(smallest));
}

function tellCoverage(coverage: Coverage, reached: Reached): void {
  process.stdout.write(`${describeCoverage(coverage)}\n${describeReached(reached)}\n`);
  const minimum = Number(values['coverage-minimum']);
  if (minimum === 0) return;
  const unreached = [...reached].filter(([, count]) => count === 0);
  const missing = [
    ...missingCoverage(coverage, minimum).map((line) => `Not covered ${minimum} times: ${line}`),
    ...unreached.map(([name]) => `Never reached: the branch marked "recovery: ${name}"`),
  ];
  for (const line of missing) process.stdout.write(`${line}\n`);
  if (missing.length > 0) process.exitCode = 1;
}

function commandFor(seed: number): string {
  const isAll = faults.size === faultNames.length;
  return `npm run simulate -- --seed ${seed}${isAll ? '' : ` --faults ${[...faults].join(',') || 'none'}`}`;
}

/** `7`, `1..100` or `3,5,8`. */
function seedsOf(text: string): readonly number[] {
  const range = /^(\d+)\.\.(\d+)$/.exec(text);
  if (range !== null) {
    const [from, to] = [Number(range[1]), Number(range[2])];
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  }
  const numbers = text.split(',').map(Number);
  if (numbers.every((each) => Number.isSafeInteger(each) && each >= 0)) return numbers;
  throw new Error(`${text} is no seed: give a number, a range as 1..100 or a list as 3,5,8`);
}

function faultsOf(text: string): ReadonlySet<FaultName> {
  if (text === 'all') return new Set(faultNames);
  if (text === 'none' || text === '') return new Set();
  return new Set(
    text.split(',').map((name) => {
      if (isFaultName(name)) return name;
      throw new Error(`There is no fault ${name}. There are: all, none, ${faultNames.join(', ')}`);
    }),
  );
}
