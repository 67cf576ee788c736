/** `npm run demo`: see `local/demo/options.ts` for what it takes, `local/demo/report.ts` for what it answers. */
import { dirname } from 'node:path';
import { CommanderError } from 'commander';
import { type DemoOptions, parseOptions } from './demo/options.ts';
import { failuresOf, toTable } from './demo/report.ts';
import { runDemo } from './demo/run-demo.ts';

process.exitCode = await main(process.argv.slice(2));
// Nothing of a finished run is worth waiting for: keep-alive connections of clients would hold the process open.
process.exit();

/** 0: every promise held and every fault was real. 1: not so, or the run broke off. 2: the arguments make no sense. */
async function main(args: readonly string[]): Promise<number> {
  let options: DemoOptions | undefined;
  try {
    options = parseOptions(args);
  } catch (error) {
    if (error instanceof CommanderError) return 2;
    throw error;
  }
  return options === undefined ? 0 : run(options);
}

async function run(options: DemoOptions): Promise<number> {
  const out = options.json ? process.stderr : process.stdout;
  const say = (line: string) => void out.write(`${line}\n`);
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interrupted.abort(new Error(`Stopped by ${signal}`)));
  }
  try {
    const report = await runDemo({
      projectRoot: dirname(import.meta.dirname),
      options,
      signal: interrupted.signal,
      say,
    });
    const failures = failuresOf(report);
    say(toTable(report));
    say(failures.length === 0 ? 'Every effect happened exactly once.' : `FAILED: ${failures.join('\n  ')}`);
    if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
    return failures.length === 0 ? 0 : 1;
  } catch (error) {
    say(`The demo broke off: ${inWords(error)}`);
    return 1;
  }
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${inWords(error.cause)}`;
}
