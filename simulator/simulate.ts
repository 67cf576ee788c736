/**
 * Simulates the pipeline: `npm run simulate -- --seed S --records N [--faults NAME,...]`, or `--seeds A..B` with so
 * many records each, in `--workers W` processes. Records are those of the DynamoDB streams and of the Kinesis streams
 * of both regions, each counted once however often it is delivered: a change of a table makes two. Prints what was
 * found, with `--coverage` the faults that befell each consumer and the branches of recovery that were reached, and the
 * hash of the run, which is the same whenever the same is run. What failed is run again by the command that is printed.
 * With `--json` a line for each seed instead, and on stderr what is wrong besides.
 *
 * Ends with status 1 when something was found; when memory grew from seed to seed; with `--again` when the first seed
 * runs otherwise a second time; with `--coverage-minimum N` when something that can happen to a consumer did less
 * often, or a marked branch was never reached. With `--minutes M` no seed begins later than that. A long run can be
 * made in slices of seeds: the exclusive or of their hashes is the hash of all.
 */

import { join } from 'node:path';
import { heapBytes } from '../local/heap-bytes.ts';
import { type Judgement, judgeRun } from './judge-run.ts';
import { faultsText, readOptions } from './options.ts';
import { findMarks, watchMarks } from './recovery-marks.ts';
import { describeCoverage, describeReached } from './report-coverage.ts';
import { combinedHash } from './run-hash.ts';
import { historySteps, runSeed } from './run-seed.ts';
import { lastLine, runInProcess, runInProcesses } from './seed-processes.ts';
import { type SeedReport, sumOf } from './seed-report.ts';
import { describeFailure, shrink } from './shrink.ts';
import { loadHandlers } from './world/world.ts';

const startedMs = performance.now();
let toldMs = startedMs;
const options = readOptions();
const { seeds, faults, records } = options;
const reports = options.workers > 1 ? await inProcesses() : await here();
if (options.isPart) process.stdout.write(`${lastLine}\n`);
else await judge();
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
    tellReport(report);
    done.push(report);
  }
  return done;
}

async function inProcesses(): Promise<SeedReport[]> {
  const done: SeedReport[] = [];
  await runInProcesses(options, (report) => {
    tellReport(report);
    tellFailures(report);
    done.push(report);
    tellProgress(done);
  });
  return done.sort((a, b) => a.seed - b.seed);
}

function tellReport(report: SeedReport): void {
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
}

/** At once: of a run that takes an hour nobody should have to wait for the end to look into its findings. */
function tellFailures({ failed }: SeedReport): void {
  for (const { seed, findings } of failed) {
    const kinds = [...new Set(findings.map(({ kind }) => kind))];
    process.stderr.write(`A history failed (${kinds.join(', ')}): ${commandFor(seed)}\n`);
  }
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

async function judge(): Promise<void> {
  const judgement = judgeRun(reports, { ...options, commandFor });
  if (judgement.problems.length > 0) process.exitCode = 1;
  if (options.json) for (const line of [...judgement.remarks, ...judgement.problems]) say(line);
  else await tell(judgement);
  if (options.runsAgain) await runAgain();
}

/** For people; where stdout is for machines, beside it. */
function say(line: string): void {
  (options.json ? process.stderr : process.stdout).write(`${line}\n`);
}

async function tell({ coverage, reached, memory, remarks, problems }: Judgement): Promise<void> {
  const failed = reports.flatMap((report) => report.failed);
  if (options.coverage) for (const line of [describeCoverage(coverage), describeReached(reached)]) say(line);
  const findings = failed.flatMap((history) => history.findings);
  const counts = ['lost', 'doubled', 'diverged', 'unaccounted'].map(
    (kind) => `${kind} ${findings.filter((finding) => finding.kind === kind).length}`,
  );
  say(counts.join(', '));
  const seconds = (performance.now() - startedMs) / 1000;
  say(
    `${sumOf(reports, (report) => report.records)} records of ${sumOf(reports, ({ changes }) => changes)} changes, ` +
      `${reports.length} seeds, in ${seconds.toFixed(1)} s; hash ${combinedHash(reports)}`,
  );
  for (const line of [memory, ...remarks, ...problems]) say(line);
  const [first] = failed;
  if (first === undefined) return;
  say(`${failed.length} histories failed. Each is run again by its seed:`);
  for (const { seed } of failed.slice(0, 10)) say(`  ${commandFor(seed)}`);
  if (!options.shrinks) return;
  const handlers = await loadHandlers();
  say(describeFailure(await shrink({ seed: first.seed, steps: historySteps, faults, handlers })));
}

/** The first seed, in a process that has run nothing else. */
async function runAgain(): Promise<void> {
  const [first] = reports;
  if (first === undefined) return;
  await runInProcess([first.seed], { ...options, coverage: false }, ({ seed, hash }) => {
    const isSame = hash !== '' && hash === first.hash;
    say(`Seed ${seed} run again in another process: ${isSame ? 'the same' : 'ANOTHER'} hash`);
    if (!isSame) process.exitCode = 1;
  });
}

function commandFor(seed: number): string {
  const text = faultsText(faults);
  return `npm run simulate -- --seed ${seed}${text === 'all' ? '' : ` --faults ${text}`}`;
}
