import type { Command } from 'commander';
import type { AlarmView } from '../shared/operations/alarms.ts';
import { type ConsumerStatus, readStatus } from '../shared/operations/status.ts';
import { systemClock } from '../shared/runtime/clock.ts';
import { type CommonOptions, exitCode, exitCodes, inColumns, print, runCommand } from './run-command.ts';
import { chooseAlarms, chooseMappings, chooseTarget } from './target/target.ts';

const measureMs = 1_000;

/** `tributary status`: 1 when something needs a person. */
export function addStatus(program: Command): void {
  program
    .command('status')
    .description('how each consumer does in each region: hours until data loss, lag, rate, failures; and alarms')
    .option('--json', 'print one JSON object instead of a text', false)
    .option('--stage <name>', 'a deployed stage instead of the pipeline on this machine')
    .addHelpText('after', `${exitCodes}\n\nExample:\n  npx tributary status`)
    .action((options: CommonOptions) => runCommand(() => run(options)));
}

async function run(options: CommonOptions): Promise<number> {
  const [mappings, alarms, target] = await Promise.all([
    chooseMappings(options),
    chooseAlarms(options),
    chooseTarget(options),
  ]);
  const consumers = await readStatus({ target, mappings, clock: systemClock, measureMs });
  const on = (await alarms.read()).filter(({ state }) => state === 'on');
  print(options, { target: target.name, consumers, alarms: on }, () => `${describe(consumers)}\n${describeOn(on)}`);
  return consumers.some(needsSomebody) || on.length > 0 ? exitCode.left : exitCode.done;
}

function needsSomebody({ state, deadLetters = 0, failureObjects = 0 }: ConsumerStatus): boolean {
  return state !== 'running' || deadLetters + failureObjects > 0;
}

function describe(consumers: readonly ConsumerStatus[]): string {
  const head = ['REGION', 'CONSUMER', 'STATE', 'LOSS IN', 'LAG', 'BEHIND', 'RATE', 'DEAD LETTERS', 'FAILURE OBJECTS'];
  const rows = consumers.map((each) => [
    ...[each.region, each.consumer, each.state],
    ...[inUnits(each.hoursUntilLoss, ' h'), inUnits(each.lagMs === undefined ? undefined : each.lagMs / 1000, ' s')],
    each.behind === undefined ? '-' : String(each.behind),
    inUnits(each.rate, '/s'),
    String(each.deadLetters ?? '?'),
    String(each.failureObjects ?? '?'),
  ]);
  return `${inColumns([head, ...rows])}${describeUncounted(consumers)}`;
}

/** What is not known is not nothing. */
function describeUncounted(consumers: readonly ConsumerStatus[]): string {
  const uncounted = consumers.filter(({ deadLetters }) => deadLetters === undefined).map(({ region }) => region);
  return [...new Set(uncounted)]
    .map(
      (region) =>
        `${region}: there are failures that you may not read. Who is to count them needs the operator policy.\n`,
    )
    .join('');
}

function inUnits(value: number | undefined, unit: string): string {
  return value === undefined ? '-' : `${value.toFixed(1)}${unit}`;
}

function describeOn(alarms: readonly AlarmView[]): string {
  if (alarms.length === 0) return 'No alarm is on.\n';
  return alarms.map(({ region, name, section }) => `ALARM ${region} ${name}: docs/operate.md#${section}\n`).join('');
}
