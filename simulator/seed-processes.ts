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

type ForSeeds = Pick<Options, 'records' | 'faults' | 'withinMinutes' | 'coverage'>;

/**
 * Runs seeds in processes: they share nothing, so every process takes each nth of them.
 *
 * @throws {Error} when a process breaks off.
 */
export async function runInProcesses(options: Options, onReport: (report: SeedReport) => void): Promise<void> {
  const { seeds, workers, withinMinutes, coverage } = options;
  const startedMs = performance.now();
  const left = () => Math.max(0, withinMinutes - (performance.now() - startedMs) / 60_000);
  const shares = Array.from({ length: workers }, (_, at) => seeds.filter((_seed, index) => index % workers === at));
  const runs = shares.map(async (share) => {
    const watched = coverage ? Math.ceil(share.length * watchedShare) : 0;
    await runInProcess(share.slice(0, watched), options, onReport);
    await runInProcess(share.slice(watched), { ...options, coverage: false, withinMinutes: left() }, onReport);
  });
  await Promise.all(runs);
}

/** One process for these seeds. */
export async function runInProcess(
  seeds: readonly number[],
  { records, faults, withinMinutes, coverage }: ForSeeds,
  onReport: (report: SeedReport) => void,
): Promise<void> {
  if (seeds.length === 0) return;
  const given = ['--seeds', seeds.join(','), '--records', `${records}`, '--faults', faultsText(faults)];
  const more = ['--minutes', `${withinMinutes}`, '--part', ...(coverage ? ['--coverage'] : [])];
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
  await closed;
  if (!isDone) throw new Error(`a process of the simulation broke off, one of the seeds ${seeds.join(', ')}`);
}
