import { type Command, Option } from 'commander';
import type { AlarmView } from '../shared/operations/alarms.ts';
import { type CommonOptions, exitCode, exitCodes, inColumns, print, runCommand } from './run-command.ts';
import { chooseAlarms } from './target/target.ts';

interface AlarmsOptions extends CommonOptions {
  readonly state: 'on' | 'all';
}

/** `tributary alarms`: 1 while one is on. */
export function addAlarms(program: Command): void {
  program
    .command('alarms')
    .description('which alarms are on, since when, and which section of docs/operate.md says what to do')
    .addOption(new Option('--state <state>', 'only those that are on, or all').choices(['on', 'all']).default('on'))
    .option('--json', 'print one JSON object instead of a text', false)
    .option('--stage <name>', 'a deployed stage instead of the pipeline on this machine')
    .addHelpText('after', `${exitCodes}\n\nExample:\n  npx tributary alarms --state all`)
    .action((options: AlarmsOptions) => runCommand(() => run(options)));
}

async function run(options: AlarmsOptions): Promise<number> {
  const all = await (await chooseAlarms(options)).read();
  const on = all.filter(({ state }) => state === 'on');
  const alarms = options.state === 'all' ? all : on;
  print(options, { alarms }, () => describeAlarms(alarms));
  return on.length === 0 ? exitCode.done : exitCode.left;
}

function describeAlarms(alarms: readonly AlarmView[]): string {
  if (alarms.length === 0) return 'No alarm is on.\n';
  const rows = alarms.map(({ region, name, state, since = '', section, meaning }) => {
    return [region, name, state, since, `docs/operate.md#${section}`, meaning];
  });
  return inColumns([['REGION', 'ALARM', 'STATE', 'SINCE', 'WHAT TO DO', 'IT MEANS'], ...rows]);
}
