/** `npm run soak`: see `local/soak/options.ts` for what it takes, `local/soak/report.ts` for what it answers. */
import { dirname } from 'node:path';
import { runAndExit } from './bounded-run.ts';
import { parseOptions, type SoakOptions } from './soak/options.ts';
import { failuresOf, toTable } from './soak/report.ts';
import { runSoak } from './soak/run-soak.ts';

/** Every promise has to hold, every fault to be real, and memory to stay level. */
await runAndExit({
  parse: parseOptions,
  async run(options, signal) {
    const say = (line: string) => sayOf(options, line);
    const report = await runSoak({ projectRoot: dirname(import.meta.dirname), options, signal, say });
    const failures = failuresOf(report);
    say(toTable(report));
    say(failures.length === 0 ? 'Every effect happened exactly once.' : `FAILED: ${failures.join('\n  ')}`);
    if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
    return failures.length === 0;
  },
  brokeOff: (options, reason) => sayOf(options, `The soak broke off: ${reason}`),
});

function sayOf({ json }: SoakOptions, line: string): void {
  (json ? process.stderr : process.stdout).write(`${line}\n`);
}
