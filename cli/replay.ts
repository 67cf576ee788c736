import type { Command } from 'commander';
import { totals } from '../functions/aggregates/totals.ts';
import { table } from '../functions/table.ts';
import { applyBatches } from '../shared/operations/apply-batches.ts';
import { compareReplays, type ReplayDifference } from '../shared/operations/compare-replays.ts';
import type { PlannedChange } from '../shared/operations/dry-run/planned-change.ts';
import { isSettled } from '../shared/operations/failures/verdict.ts';
import { maskEffect, maskKeyOf } from '../shared/operations/mask-effects.ts';
import { type ReplayOptions, replay } from '../shared/operations/replay.ts';
import type { Effect } from '../shared/operations/replay-effects.ts';
import { OperatorError } from '../shared/operations/target.ts';
import { systemClock } from '../shared/runtime/clock.ts';
import { describeSettled } from './describe-failures.ts';
import { describeDifferences, describeReplay } from './describe-replay.ts';
import { replayBefore } from './replay-before.ts';
import { chooseConsumer, readFiles } from './replay-files.ts';
import { type CommonOptions, exitCode, exitCodes, print, runCommand } from './run-command.ts';
import { chooseTarget, regionsOf } from './target/target.ts';

interface ReplayCommandOptions extends CommonOptions {
  readonly consumer?: string;
  readonly until?: string;
  readonly compare?: string;
  readonly apply: boolean;
  readonly dryRun: boolean;
  readonly region?: string;
  readonly showPii: boolean;
}

const examples = `
Personal data of the effects is masked. A result to compare with may be masked or not.

Examples:
  npx tributary replay fixtures/ordinary-stream.jsonl --consumer aggregates
  npx tributary replay captured/*.jsonl --consumer search-index --compare main
  npx tributary replay batch.jsonl --consumer search-index --apply --dry-run`;

/** `tributary replay FILE...`: 1 when records were not resolved, or when the comparison finds a difference. */
export function addReplay(program: Command): void {
  program
    .command('replay')
    .description('run recorded batches through a consumer on in-memory twins and print the effects')
    .argument('<file...>', 'batch files, Lambda events, on-failure documents or SQS messages; plain or gzip')
    .option('--consumer <name>', 'the consumer to run; by default the one that the file names')
    .option('--until <place>', 'up to this sequence number, or to what arrived until 2026-01-31T12:00:00Z')
    .option('--compare <file-or-ref>', 'with a result that --json printed, or with the code of a git ref')
    .option('--apply', 'on the real services: never over newer state, never twice', false)
    .option('--dry-run', 'with --apply: change nothing, show exactly what would be changed', false)
    .option('--region <region>', 'with --apply: where; by default the first region')
    .option('--show-pii', 'show personal data as well', false)
    .option('--json', 'print one JSON object instead of a text', false)
    .option('--stage <name>', 'with --apply: a deployed stage instead of the pipeline on this machine')
    .addHelpText('after', `${exitCodes}\n${examples}`)
    .action((files: string[], options: ReplayCommandOptions) => runCommand(() => run(files, options)));
}

async function run(files: readonly string[], options: ReplayCommandOptions): Promise<number> {
  if (options.apply && options.compare !== undefined) throw new OperatorError('Either --apply or --compare.');
  if (options.dryRun && !options.apply) throw new OperatorError('Without --apply nothing is changed anyway.');
  return options.apply ? apply(files, options) : onTwins(files, options);
}

async function onTwins(files: readonly string[], options: ReplayCommandOptions): Promise<number> {
  const nowMs = systemClock.nowMs();
  const batches = await readFiles(files, { until: options.until, nowMs });
  const definition = chooseConsumer(batches, options.consumer);
  const { create } = await importHandler(definition.name);
  const result = await replay({ definition, create, table, totals, batches, nowMs });
  const masks = { table, key: maskKeyOf(batches) };
  const shown = (effect: Effect) => (options.showPii ? effect : maskEffect(effect, masks));
  const redaction = options.showPii ? 'none' : 'masked';
  if (options.compare === undefined) {
    const told = { redaction, ...result, effects: result.effects.map(shown) };
    print(options, told, () => describeReplay(told));
    const isResolved = result.batches.every(({ unresolvedFrom }) => unresolvedFrom === undefined);
    return isResolved ? exitCode.done : exitCode.left;
  }
  const before = await replayBefore(options.compare, { batches, consumer: definition.name });
  const isMasked = before.redaction === 'masked';
  const now = isMasked ? { ...result, effects: result.effects.map((each) => maskEffect(each, masks)) } : result;
  const found = compareReplays(before, now);
  const differences = isMasked ? found : found.map((each) => ({ ...each, what: shownDifference(each.what, shown) }));
  print(options, { consumer: definition.name, redaction, differences }, () => describeDifferences(differences));
  return differences.length === 0 ? exitCode.done : exitCode.left;
}

function shownDifference(what: ReplayDifference['what'], shown: (effect: Effect) => Effect) {
  return 'kind' in what ? shown(what) : what;
}

async function apply(files: readonly string[], options: ReplayCommandOptions): Promise<number> {
  const nowMs = systemClock.nowMs();
  const read = await Promise.all(
    files.map(async (name) => (await readFiles([name], { until: undefined, nowMs })).map((batch) => ({ name, batch }))),
  );
  if (options.until !== undefined) throw new OperatorError('--until is for replays on twins: cut the file instead.');
  const batches = read.flat();
  const definition = chooseConsumer(
    batches.map(({ batch }) => batch),
    options.consumer,
  );
  const target = await chooseTarget(options);
  const [region] = regionsOf(target, options.region);
  if (region === undefined) throw new OperatorError(`${target.name} has no region.`);
  const { redriveSources: sources } = await import('../functions/redrives.ts');
  const changes: PlannedChange[] = [];
  const settled = await applyBatches({
    ...{ region, definition, batches, sources, table, clock: systemClock, random: Math.random },
    ...(options.dryRun ? { dryRun: (change: PlannedChange) => changes.push(change) } : {}),
  });
  const { dryRun } = options;
  const result = { target: target.name, dryRun, settled, ...(dryRun ? { changes } : {}) };
  print(options, result, () => describeSettled({ action: 'redrive', ...result }));
  return settled.every(isSettled) ? exitCode.done : exitCode.left;
}

/** A consumer's folder bears its name; its handler is what is deployed. */
async function importHandler(name: string): Promise<Pick<ReplayOptions, 'create'>> {
  return import(`../functions/${name}/handler.ts`);
}
