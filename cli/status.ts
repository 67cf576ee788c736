import type { Command } from 'commander';
import { type ConsumerStatus, readStatus } from '../shared/operations/status.ts';
import { systemClock } from '../shared/runtime/clock.ts';
import { exitCode, exitCodes, inColumns, type JsonOptions, print, runCommand } from './run-command.ts';
import { chooseMappings, chooseTarget } from './target/target.ts';

const measureMs = 1_000;

/** `tributary status`: 1 when something needs a person. */
export function addStatus(program: Command): void {
  program
    .command('status')
    .description('how each consumer on this machine does in each region: hours until data loss, lag, rate, failures')
    .option('--json', 'print one JSON object instead of a text', false)
    .addHelpText('after', `${exitCodes}\n\nExample:\n  npx tributary status`)
    .action((options: JsonOptions) => runCommand(() => run(options)));
}

async function run(options: JsonOptions): Promise<number> {
  const mappings = await chooseMappings();
  const target = await chooseTarget({});
  const consumers = await readStatus({ target, mappings, clock: systemClock, measureMs });
  print(options, { target: target.name, consumers }, () => describe(consumers));
  return consumers.some(needsSomebody) ? exitCode.left : exitCode.done;
}

function needsSomebody({ state, deadLetters, failureObjects }: ConsumerStatus): boolean {
  return state !== 'running' || deadLetters + failureObjects > 0;
}

function describe(consumers: readonly ConsumerStatus[]): string {
  const head = ['REGION', 'CONSUMER', 'STATE', 'LOSS IN', 'LAG', 'BEHIND', 'RATE', 'DEAD LETTERS', 'FAILURE OBJECTS'];
  const rows = consumers.map((each) => [
    ...[each.region, each.consumer, each.state],
    each.hoursUntilLoss === undefined ? '-' : `${each.hoursUntilLoss.toFixed(1)} h`,
    `${(each.lagMs / 1000).toFixed(1)} s`,
    String(each.behind),
    `${each.rate.toFixed(1)}/s`,
    String(each.deadLetters),
    String(each.failureObjects),
  ]);
  return inColumns([head, ...rows]);
}
