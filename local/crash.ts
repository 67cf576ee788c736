/** `npm run test:crash`: see `local/crash/options.ts` for what it takes, docs/adr/0025 for what may be killed. */
import { dirname } from 'node:path';
import { runAndExit } from './bounded-run.ts';
import { parseOptions } from './crash/options.ts';
import { toLines } from './crash/report.ts';
import { driftOf, runCrashes } from './crash/run-crashes.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);

await runAndExit({
  parse: parseOptions,
  async run(options, signal) {
    const report = await runCrashes({ projectRoot: dirname(import.meta.dirname), options, signal, say });
    for (const line of toLines(report)) say(line);
    const drifted = report.findings.some((finding) => driftOf(finding) > 0);
    if (drifted) say(`The same kills again: npm run test:crash -- --kills ${options.kills} --seed ${options.seed}`);
    return !drifted;
  },
  brokeOff: (_options, reason) => say(`The run broke off: ${reason}`),
});
