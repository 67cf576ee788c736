/**
 * Simulates the pipeline: `npm run simulate -- --seed S --records N [--faults NAME,...]`, or `--seeds A..B` with so
 * many records each, in `--workers W` processes. Records are those of the DynamoDB streams and of the Kinesis streams
 * of both regions, each counted once however often it is delivered: a change of a table makes two. Prints what was
 * found, with `--coverage` the faults that befell each consumer and the branches of recovery that were reached, and the
 * hash of the run, which is the same whenever the same is run. What failed is run again by the command that is printed.
 *
 * Ends with status 1 when something was found; when memory grew from seed to seed; with `--again` when the first seed
 * runs otherwise a second time; with `--coverage-minimum N` when something that can happen to a consumer did less
 * often, or a marked branch was never reached. With `--minutes M` no seed begins later than that. A long run can be
 * made in slices of seeds: the exclusive or of their hashes is the hash of all.
 */

import { join } from 'node:path';
import { heapBytes } from '../local/heap-bytes.ts';
import type { Coverage } from './faults/fault-book.ts';
import { memoryOf } from './memory.ts';
import { faultsText, readOptions } from './options.ts';
import { addReached, findMarks, type Reached, watchMarks } from './recovery-marks.ts';
import { describeCoverage, describeReached, missingCoverage } from './report-coverage.ts';
import { combinedHash } from './run-hash.ts';
import { addCoverage, historySteps, runSeed } from './run-seed.ts';
import { lastLine, runInProcess, runInProcesses } from './seed-processes.ts';
import type { SeedReport } from './seed-report.ts';
import { describeFailure, shrink } from './shrink.ts';
import { loadHandlers } from './world/world.ts';

const startedMs = performance.now();
let toldMs = startedMs;
const options = readOptions();
const { seeds, faults, records } = options;
const reports = options.workers > 1 ? await inProcesses() : await here();
if (options.isPart) process.stdout.write(`${lastLine}\n`);
if (!options.json) await tell();
if (options.runsAgain) await runAgain();
if (reports.some(({ failed }) => failed.length > 0)) process.exitCode = 1;

async function here(): Promise<SeedReport[]> {
  const marks = options.coverage ? watchMarks(findMarks(join(import.meta.dirname, '..'))) : undefined;
  const handlers = await loadHandlers();
  const { stopsAtFailure, withinMinutes } = options;
  const done: SeedReport[] = [];
  for (const seed of seeds) {
    if (performance.now() - startedMs > withinMinutes * 60_000) break;
    const result = await runSeed({ seed, records, faults, handlers, stopsAtFailure });
    const report = {
      ...result,
      failed: result.failed.map((history) => ({ seed: history.seed, findings: history.findings })),
      coverage: [...result.coverage],
      reached: [...(marks?.take() ?? [])],
      heapBytes: heapBytes(),
    };
    if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
    done.push(report);
  }
  return done;
}

async function inProcesses(): Promise<SeedReport[]> {
  const done: SeedReport[] = [];
  await runInProcesses(options, (report) => {
    done.push(report);
    tellProgress(done);
  });
  return done.sort((a, b) => a.seed - b.seed);
}

/** The first seed, in a process that has run nothing else. */
async function runAgain(): Promise<void> {
  const [first] = reports;
  if (first === undefined) return;
  await runInProcess([first.seed], { ...options, coverage: false }, ({ seed, hash }) => {
    const isSame = hash === first.hash;
    process.stdout.write(`Seed ${seed} run again in another process: ${isSame ? 'the same' : 'ANOTHER'} hash\n`);
    if (!isSame) process.exitCode = 1;
  });
}

/** On the way, for people, once a minute. */
function tellProgress(done: readonly SeedReport[]): void {
  const nowMs = performance.now();
  if (nowMs - toldMs < 60_000) return;
  toldMs = nowMs;
  const count = sumOf(done, (report) => report.records);
  const perSecond = Math.round((count * 1000) / (nowMs - startedMs));
  const failed = sumOf(done, (report) => report.failed.length);
  process.stderr.write(
    `${done.length} of ${seeds.length} seeds, ${count} records, ${perSecond} a second, ${failed} histories failed\n`,
  );
}

async function tell(): Promise<void> {
  const failed = reports.flatMap((report) => report.failed);
  if (options.coverage) tellCoverage();
  const findings = failed.flatMap((history) => history.findings);
  const counts = ['lost', 'doubled', 'diverged', 'unaccounted'].map(
    (kind) => `${kind} ${findings.filter((finding) => finding.kind === kind).length}`,
  );
  process.stdout.write(`${counts.join(', ')}\n`);
  const seconds = (performance.now() - startedMs) / 1000;
  process.stdout.write(
    `${sumOf(reports, (report) => report.records)} records of ${sumOf(reports, ({ changes }) => changes)} changes, ` +
      `${reports.length} seeds, in ${seconds.toFixed(1)} s; hash ${combinedHash(reports)}\n`,
  );
  if (!isWhole()) process.stdout.write(`Only ${reports.length} of ${seeds.length} seeds: the time was up\n`);
  tellMemory();
  const [first] = failed;
  if (first === undefined) return;
  process.stdout.write(`${failed.length} histories failed. Each is run again by its seed:\n`);
  for (const { seed } of failed.slice(0, 10)) process.stdout.write(`  ${commandFor(seed)}\n`);
  if (!options.shrinks) return;
  const handlers = await loadHandlers();
  const smallest = await shrink({ seed: first.seed, steps: historySteps, faults, handlers });
  process.stdout.write(describeFailure(smallest));
}

function tellCoverage(): void {
  const coverage: Coverage = new Map();
  const reached: Reached = new Map();
  for (const report of reports) {
    addReached(reached, new Map(report.reached));
    addCoverage(coverage, new Map(report.coverage));
  }
  process.stdout.write(`${describeCoverage(coverage)}\n${describeReached(reached)}\n`);
  const minimum = options.coverageMinimum;
  if (minimum === 0) return;
  const unreached = [...reached].filter(([, count]) => count === 0);
  const missing = [
    ...missingCoverage(coverage, minimum).map((line) => `Not covered ${minimum} times: ${line}`),
    ...unreached.map(([name]) => `Never reached: the branch marked "recovery: ${name}"`),
  ];
  for (const line of missing) process.stdout.write(`${line}\n`);
  // Of a run that was cut short nobody can ask as much.
  if (missing.length > 0 && isWhole()) process.exitCode = 1;
}

/** Of the processes that watch no branches: counts are kept for them. */
function tellMemory(): void {
  const unwatched = reports.filter(({ reached }) => reached.length === 0);
  const { line, grows } = memoryOf((unwatched.length > 0 ? unwatched : reports).map(({ heapBytes }) => heapBytes));
  process.stdout.write(`${line}\n`);
  if (grows) process.exitCode = 1;
}

function isWhole(): boolean {
  return reports.length === seeds.length;
}

function commandFor(seed: number): string {
  const text = faultsText(faults);
  return `npm run simulate -- --seed ${seed}${text === 'all' ? '' : ` --faults ${text}`}`;
}

function sumOf(of: readonly SeedReport[], count: (report: SeedReport) => number): number {
  return of.reduce((sum, report) => sum + count(report), 0);
}
