import type { Command } from 'commander';
import { table } from '../functions/table.ts';
import type { PlannedChange } from '../shared/operations/dry-run/planned-change.ts';
import { itemKeys } from '../shared/operations/item-key.ts';
import { type SnapshotResult, snapshotItem } from '../shared/operations/snapshot-item.ts';
import { systemClock } from '../shared/runtime/clock.ts';
import { describePlan } from './describe-plan.ts';
import { type CommonOptions, exitCode, exitCodes, inColumns, print, runCommand } from './run-command.ts';
import { chooseTarget } from './target/target.ts';

interface SnapshotOptions extends CommonOptions {
  readonly consumer: string;
  readonly region?: string;
  readonly dryRun: boolean;
}

/** `tributary snapshot KEY`. */
export function addSnapshot(program: Command): void {
  program
    .command('snapshot')
    .description('take one item, as it is now, to search and to the other region; never over what is newer')
    .argument('<key...>', 'its partition key, and its sort key where the table has one')
    .option('--consumer <name>', 'search-index, replicator, or all of them', 'all')
    .option('--region <region>', 'from one region instead of all')
    .option('--dry-run', 'change nothing: show exactly what would be changed', false)
    .option('--json', 'print one JSON object instead of a text', false)
    .option('--stage <name>', 'a deployed stage instead of the pipeline on this machine')
    .addHelpText('after', `${exitCodes}\n\nExample:\n  npx tributary snapshot u-123 --consumer search-index`)
    .action((key: string[], options: SnapshotOptions) => runCommand(() => run(key, options)));
}

async function run(key: readonly string[], options: SnapshotOptions): Promise<number> {
  const { consumer, region, dryRun } = options;
  const keys = itemKeys(key, table);
  const target = await chooseTarget(options);
  const { backfillSources } = await import('../functions/copies.ts');
  const changes: PlannedChange[] = [];
  const results = await snapshotItem({
    ...{ target, keys, consumer, table, sources: backfillSources, clock: systemClock, random: Math.random },
    ...(region === undefined ? {} : { region }),
    ...(dryRun ? { dryRun: (change) => changes.push(change) } : {}),
  });
  print(options, { target: target.name, dryRun, results, ...(dryRun ? { changes } : {}) }, () =>
    [...(dryRun ? [describePlan(changes)] : []), inColumns(results.map(describe))].join(''),
  );
  return results.every(({ kind }) => kind !== 'refused' && kind !== 'unresolved') ? exitCode.done : exitCode.left;
}

const meanings: Readonly<Record<SnapshotResult['kind'], string>> = {
  applied: 'brought',
  duplicate: 'it has this very version',
  stale: 'it has something newer, or a change of the last minute, which brings itself',
  filtered: 'none of its business',
  refused: 'refused',
  unresolved: 'not taken: repeat it',
};

function describe({ region, consumer, kind, reason, difference }: SnapshotResult): readonly string[] {
  const before = difference === undefined ? '' : `(before: ${difference.kind} ${difference.detail ?? ''})`;
  return [region, consumer, reason === undefined ? meanings[kind] : `${meanings[kind]}: ${reason}`, before];
}
