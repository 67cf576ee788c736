import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { faultsText, type Options } from './options.ts';
import type { SeedReport } from './seed-report.ts';

/** Tells that a process has nothing more to say: it has run its seeds, or its time was up. */
export const lastLine = '"done"';

/** Of the seeds of a process. To count blocks makes the sources some 40 % slower. */
const watchedShare = 0.1;

type ForSeeds = Pick<Options, 'records' | 'faults' | 'withinMinutes' | 'coverage' | 'stopsAtFailure'>;

/**
 * Runs seeds in processes: they share nothing, so every process takes each nth of them.
 *
 * @throws {Error} as {@link runInProcess} does.
 */
export async function runInProcesses(options: Options, onReport: (report: SeedReport) => void): Promise<void> {
  const { seeds, workers, withinMinutes, coverage } = options;
  const startedMs = performance.now();
  const shares = Array.from({ length: workers }, (_, at) => seeds.filter((_seed, index) => index % workers === at));
  const runs = shares.map(async (share) => {
    const watched = coverage ? Math.ceil(share.length * watchedShare) : 0;
    await runInProcess(share.slice(0, watched), options, onReport);
    const left = withinMinutes - (performance.now() - startedMs) / 60_000;
    await runInProcess(share.slice(watched), { ...options, coverage: false, withinMinutes: left }, onReport);
  });
  await Promise.all(runs);
}

/**
 * One process for these seeds; where it breaks off, the seed it was at is reported so, and another one goes on.
 *
 * @throws {Error} when two in a row come to nothing: the next one will not either.
 */
export async function runInProcess(
  seeds: readonly number[],
  options: ForSeeds,
  onReport: (report: SeedReport) => void,
): Promise<void> {
  const startedMs = performance.now();
  let fruitless = 0;
  for (let left = seeds; left.length > 0; ) {
    const withinMinutes = options.withinMinutes - (performance.now() - startedMs) / 60_000;
    if (withinMinutes <= 0) return;
    const reported = new Set<number>();
    const how = await runUntilEnd(left, { ...options, withinMinutes }, (report) => {
      reported.add(report.seed);
      onReport(report);
    });
    if (how === 'done') return;
    const [broken, ...others] = left.filter((seed) => !reported.has(seed));
    if (broken === undefined) return;
    fruitless = reported.size === 0 ? fruitless + 1 : 0;
    if (fruitless === 2)
      throw new Error(`processes of the simulation break off (${how}), the last with seed ${broken}`);
    onReport(nothingOf(broken, how));
    left = others;
  }
}

/** Answers how the process ended. */
async function runUntilEnd(
  seeds: readonly number[],
  { records, faults, withinMinutes, coverage, stopsAtFailure }: ForSeeds,
  onReport: (report: SeedReport) => void,
): Promise<string> {
  const given = ['--seeds', seeds.join(','), '--records', `${records}`, '--faults', faultsText(faults)];
  const flags = [...(coverage ? ['--coverage'] : []), ...(stopsAtFailure ? ['--stop-at-failure'] : [])];
  const more = ['--minutes', `${withinMinutes}`, '--part', ...flags];
  const child = spawn(process.execPath, [join(import.meta.dirname, 'simulate.ts'), ...given, ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  let isDone = false;
  for await (const line of createInterface({ input: child.stdout })) {
    isDone = line === lastLine;
    if (isDone) continue;
    const report: SeedReport = JSON.parse(line);
    onReport(report);
  }
  const [status, signal]: unknown[] = await closed;
  return isDone ? 'done' : signal === null ? `status ${status}` : `${signal}`;
}

function nothingOf(seed: number, brokeOff: string): SeedReport {
  const counts = { changes: 0, records: 0, heapBytes: 0 };
  return { seed, ...counts, hash: '', coverage: [], reached: [], failed: [], brokeOff };
}
