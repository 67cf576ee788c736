/** `npm run test:crash`: see `local/crash/options.ts` for what it takes, docs/adr/0025 for what may be killed. */
import { dirname } from 'node:path';
import { CommanderError } from 'commander';
import { type CrashOptions, parseOptions } from './crash/options.ts';
import { toLines } from './crash/report.ts';
import { driftOf, runCrashes } from './crash/run-crashes.ts';

process.exitCode = await main(process.argv.slice(2));
// Keep-alive connections of clients would hold the process open.
process.exit();

/** 0: nothing drifted. 1: something did, or the run broke off. 2: the arguments make no sense. */
async function main(args: readonly string[]): Promise<number> {
  let options: CrashOptions | undefined;
  try {
    options = parseOptions(args);
  } catch (error) {
    if (error instanceof CommanderError) return 2;
    throw error;
  }
  return options === undefined ? 0 : run(options);
}

async function run(options: CrashOptions): Promise<number> {
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interrupted.abort(new Error(`Stopped by ${signal}`)));
  }
  try {
    const projectRoot = dirname(import.meta.dirname);
    const report = await runCrashes({ projectRoot, options, signal: interrupted.signal, say });
    for (const line of toLines(report)) say(line);
    const drifted = report.findings.some((finding) => driftOf(finding) > 0);
    if (drifted) say(`The same kills again: npm run test:crash -- --kills ${options.kills} --seed ${options.seed}`);
    return drifted ? 1 : 0;
  } catch (error) {
    say(`The run broke off: ${inWords(error)}`);
    return 1;
  }
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${inWords(error.cause)}`;
}
