/** `npm run demo`: see `local/demo/options.ts` for what it takes, `local/demo/report.ts` for what it answers. */
import { dirname } from 'node:path';
import { runAndExit } from './bounded-run.ts';
import { type DemoOptions, parseOptions } from './demo/options.ts';
import { failuresOf, toTable } from './demo/report.ts';
import { runDemo } from './demo/run-demo.ts';

/** Every promise has to hold, and every fault to be real. */
await runAndExit({
  parse: parseOptions,
  async run(options, signal) {
    const say = (line: string) => sayOf(options, line);
    const report = await runDemo({ projectRoot: dirname(import.meta.dirname), options, signal, say });
    const failures = failuresOf(report);
    say(toTable(report));
    say(failures.length === 0 ? 'Every effect happened exactly once.' : `FAILED: ${failures.join('\n  ')}`);
    if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
    return failures.length === 0;
  },
  brokeOff: (options, reason) => sayOf(options, `The demo broke off: ${reason}`),
});

function sayOf({ json }: DemoOptions, line: string): void {
  (json ? process.stderr : process.stdout).write(`${line}\n`);
}
