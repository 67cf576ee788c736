import { randomBytes } from 'node:crypto';
import { type Command, Option } from 'commander';
import { table } from '../functions/table.ts';
import type { PlannedChange } from '../shared/operations/dry-run/planned-change.ts';
import type { FailureFilter } from '../shared/operations/failures/failure-filter.ts';
import { listFailureObjects } from '../shared/operations/failures/failure-objects.ts';
import { listDeadLetters } from '../shared/operations/failures/list-dead-letters.ts';
import { requeueFailures } from '../shared/operations/failures/requeue-failures.ts';
import { type SettledFailure, settleFailures } from '../shared/operations/failures/settle-failures.ts';
import { isSettled } from '../shared/operations/failures/verdict.ts';
import { consumerNamed, OperatorError, type Target } from '../shared/operations/target.ts';
import { systemClock } from '../shared/runtime/clock.ts';
import type { DeadLetterState } from '../shared/runtime/dead-letters.ts';
import { describeFailures, describeRequeued, describeSettled } from './describe-failures.ts';
import { type CommonOptions, exitCode, exitCodes, print, runCommand, timeMs } from './run-command.ts';
import { showFailure } from './show-failure.ts';
import { chooseTarget } from './target/target.ts';

interface Filters extends CommonOptions {
  readonly scope: 'record' | 'batch';
  readonly consumer?: string;
  readonly code?: string;
  readonly since?: string;
  readonly until?: string;
  readonly region?: string;
  readonly state?: DeadLetterState | 'all';
}

interface Actions extends Filters {
  readonly dryRun: boolean;
  readonly all: boolean;
}

/** `tributary dead-letters list|show|redrive|discard|requeue`. */
export function addDeadLetters(program: Command): void {
  const letters = program
    .command('dead-letters')
    .description('what consumers could not accept, and batches that their mappings gave up on')
    .addHelpText('after', exitCodes);
  withFilters(letters.command('list'))
    .description('list failures; pending ones unless --state says otherwise')
    .addOption(new Option('--state <state>').choices(['pending', 'redriven', 'discarded', 'all']).default('pending'))
    .addHelpText(
      'after',
      `${exitCodes}\n\nExample:\n  npx tributary dead-letters list --consumer aggregates --since 2h`,
    )
    .action((options: Filters) => runCommand(() => list(options)));
  letters
    .command('show')
    .description('show one failure with its records, personal data masked')
    .argument('<key>', 'the key of its object, from the list or from a notice')
    .option('--show-pii', 'show personal data as well', false)
    .option('--json', 'print one JSON object instead of a text', false)
    .option('--stage <name>', 'a deployed stage instead of the pipeline on this machine')
    .addHelpText('after', `${exitCodes}\n\nExample:\n  npx tributary dead-letters show KEY --json`)
    .action((key: string, options: CommonOptions & { showPii: boolean }) =>
      runCommand(async () => {
        const target = await chooseTarget(options);
        const shown = await showFailure(target, { key, showsPersonal: options.showPii, maskKey: randomBytes(32) });
        print(options, shown, () => `${JSON.stringify(shown, undefined, 2)}\n`);
        return exitCode.done;
      }),
    );
  action(letters.command('redrive'))
    .description('bring failures in: never over newer state, never twice; says what it skipped and why')
    .addHelpText('after', '\nExample:\n  npx tributary dead-letters redrive --consumer search-index --dry-run')
    .action((keys: string[], options: Actions) => runCommand(() => settle('redrive', keys, options)));
  action(letters.command('discard'))
    .description('settle failures without their effects, for good')
    .addHelpText('after', '\nExample:\n  npx tributary dead-letters discard --code invalid-attribute --until 7d')
    .action((keys: string[], options: Actions) => runCommand(() => settle('discard', keys, options)));
  action(letters.command('requeue'))
    .description('put failures back on the list of work, with a new notice; what was settled stays so')
    .addOption(new Option('--state <state>').choices(['pending', 'redriven', 'discarded', 'all']).default('all'))
    .addHelpText('after', '\nExample:\n  npx tributary dead-letters requeue --state discarded --since 1d')
    .action((keys: string[], options: Actions) => runCommand(() => requeue(keys, options)));
}

function withFilters(command: Command): Command {
  return command
    .addOption(
      new Option('--scope <scope>', 'dead letters, or batches that mappings gave up on')
        .choices(['record', 'batch'])
        .default('record'),
    )
    .option('--consumer <name>', 'of one consumer')
    .option('--code <code>', 'by error code, or by the condition under which a mapping gave up')
    .option('--since <time>', 'seen since: 2h (ago), or 2026-01-31T12:00:00Z')
    .option('--until <time>', 'first seen until then')
    .option('--region <region>', 'of one region')
    .option('--json', 'print one JSON object instead of a text', false)
    .option('--stage <name>', 'a deployed stage instead of the pipeline on this machine');
}

function action(command: Command): Command {
  return withFilters(command.argument('[keys...]', 'keys of their objects, from the list'))
    .option('--all', 'all that there are, where nothing else narrows them down', false)
    .option('--dry-run', 'change nothing: show exactly what would be changed', false)
    .addHelpText('after', exitCodes);
}

async function list(options: Filters): Promise<number> {
  const target = await chooseTarget(options);
  const filter = filterOf(target, [], options);
  const perRegion = await Promise.all(
    target.regions.map(async (region) =>
      options.scope === 'record'
        ? (await listDeadLetters(region, filter)).map(({ letter: { record: _, ...letter }, ...rest }) => {
            return { ...rest, ...letter };
          })
        : (await listFailureObjects(region, filter)).map(({ batch: _, ...failure }) => failure),
    ),
  );
  const failures = perRegion.flat();
  print(options, { target: target.name, failures }, () => describeFailures(failures));
  return exitCode.done;
}

async function settle(action: 'redrive' | 'discard', keys: readonly string[], options: Actions): Promise<number> {
  const target = await chooseTarget(options);
  const filter = narrowed(target, keys, options);
  const { scope } = options;
  // Every consumer's code: only a command that runs it waits for it.
  const { redriveSources } = await import('../functions/redrives.ts');
  const changes: PlannedChange[] = [];
  const settled: SettledFailure[] = [];
  const account = () => {
    const result = { target: target.name, dryRun: options.dryRun, settled, ...(options.dryRun ? { changes } : {}) };
    print(options, result, () => describeSettled({ action, ...result }));
  };
  const settling = settleFailures({
    ...{ target, filter, scope, action, table, sources: redriveSources, clock: systemClock, random: Math.random },
    ...(options.dryRun ? { dryRun: (change) => changes.push(change) } : {}),
  });
  try {
    for await (const each of settling) settled.push(each);
  } catch (error) {
    if (settled.length > 0) account();
    throw error;
  }
  account();
  return settled.every(isSettled) ? exitCode.done : exitCode.left;
}

async function requeue(keys: readonly string[], options: Actions): Promise<number> {
  const target = await chooseTarget(options);
  const filter = narrowed(target, keys, options);
  const changes: PlannedChange[] = [];
  const requeued = await requeueFailures({
    ...{ target, filter, scope: options.scope, clock: systemClock },
    ...(options.dryRun ? { dryRun: (change) => changes.push(change) } : {}),
  });
  const result = { target: target.name, dryRun: options.dryRun, requeued, ...(options.dryRun ? { changes } : {}) };
  print(options, result, () => describeRequeued(result));
  return exitCode.done;
}

/** @throws {OperatorError} for a command that would be about everything without saying so */
function narrowed(target: Target, keys: readonly string[], options: Actions): FailureFilter {
  const { all, consumer, code, since, until, region } = options;
  const narrows = [consumer, code, since, until, region].some((each) => each !== undefined) || keys.length > 0;
  if (narrows || all) return filterOf(target, keys, options);
  throw new OperatorError('Say which: keys, --consumer, --code, --since, --until, --region, or --all.');
}

function filterOf(target: Target, keys: readonly string[], options: Filters): FailureFilter {
  const { consumer, code, since, until, region, state } = options;
  const nowMs = systemClock.nowMs();
  if (consumer !== undefined) consumerNamed(target, consumer);
  if (region !== undefined && !target.regions.some(({ name }) => name === region)) {
    const known = target.regions.map(({ name }) => name).join(', ');
    throw new OperatorError(`${target.name} has no region "${region}". There are ${known}.`);
  }
  return {
    ...(consumer === undefined ? {} : { consumer }),
    ...(code === undefined ? {} : { code }),
    ...(since === undefined ? {} : { sinceMs: timeMs(since, nowMs) }),
    ...(until === undefined ? {} : { untilMs: timeMs(until, nowMs) }),
    ...(region === undefined ? {} : { region }),
    ...(state === undefined || state === 'all' ? {} : { state }),
    ...(keys.length === 0 ? {} : { keys }),
  };
}
