import type { Command } from 'commander';
import { table } from '../functions/table.ts';
import { type Forgotten, forget } from '../shared/operations/forget/forget.ts';
import { itemKeys } from '../shared/operations/item-key.ts';
import { systemClock } from '../shared/runtime/clock.ts';
import { describePlan } from './describe-plan.ts';
import { progressOn } from './progress.ts';
import { type CommonOptions, exitCode, exitCodes, inColumns, print, runCommand, wholeNumber } from './run-command.ts';
import { chooseMappings, chooseTarget } from './target/target.ts';

interface ForgetCommandOptions extends CommonOptions {
  readonly wait: number;
  readonly dryRun: boolean;
}

/** `tributary forget KEY`. */
export function addForget(program: Command): void {
  program
    .command('forget')
    .description('erase a person: item, copies, documents, mails owed, failures and archive; says what it cannot reach')
    .argument('<key...>', 'the partition key of the item, and its sort key where the table has one')
    .option('--wait <seconds>', 'how long the deletion may take to arrive everywhere', wholeNumber, 120)
    .option('--dry-run', 'change nothing: show exactly what would be changed', false)
    .option('--json', 'print one JSON object instead of a text', false)
    .option('--stage <name>', 'a deployed stage instead of the pipeline on this machine')
    .addHelpText(
      'after',
      `${exitCodes}\n\nExamples:\n  npx tributary forget u-123 --dry-run\n  npx tributary forget u-123`,
    )
    .action((key: string[], options: ForgetCommandOptions) => runCommand(() => run(key, options)));
}

async function run(key: readonly string[], options: ForgetCommandOptions): Promise<number> {
  const { dryRun, wait } = options;
  const keys = itemKeys(key, table);
  const target = await chooseTarget(options);
  const mappings = await chooseMappings(options);
  const report = progressOn(process.stderr, systemClock);
  const result = await forget({
    ...{ target, mappings, keys, table, clock: systemClock, dryRun, waitMs: wait * 1000, report },
  });
  print(options, { target: target.name, dryRun, ...result }, () => describe(result, dryRun));
  return result.unfinished.length === 0 ? exitCode.done : exitCode.left;
}

function describe({ changes, unfinished, outOfReach }: Forgotten, dryRun: boolean): string {
  const erased = changes.map(({ region, action, target, key = '' }) => [region, action, target, key]);
  const done = changes.length === 0 ? 'Nothing was known of it.\n' : inColumns(erased);
  const left = unfinished.map((each) => `- ${each}`);
  const beyond = outOfReach.map(({ what, expiresAt }) => `- until ${expiresAt ?? 'somebody deletes it'}: ${what}`);
  return [
    dryRun ? describePlan(changes) : done,
    ...(left.length === 0 ? [] : ['Not finished, run the command again:', ...left, '']),
    'Out of reach:',
    ...beyond,
    '',
  ].join('\n');
}
