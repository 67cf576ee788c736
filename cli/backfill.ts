import type { Command } from 'commander';
import { table } from '../functions/table.ts';
import type { BackfillResult } from '../shared/operations/backfill/backfill.ts';
import { runBackfill } from '../shared/operations/backfill/run-backfill.ts';
import type { PlannedChange } from '../shared/operations/dry-run/planned-change.ts';
import { systemClock } from '../shared/runtime/clock.ts';
import { describePlan } from './describe-plan.ts';
import { exitCode, exitCodes, print, runCommand } from './run-command.ts';
import { type WalkCommandOptions, walkArguments, withWalkOptions } from './walk-options.ts';

const examples =
  '  npx tributary backfill --consumer aggregates --rate 500\n' +
  '  npx tributary backfill --consumer search-index --dry-run';

/** `tributary backfill`. */
export function addBackfill(program: Command): void {
  withWalkOptions(program.command('backfill'))
    .description('take the whole table to a consumer while live traffic runs; killed, it goes on where it was')
    .option('--consumer <name>', 'aggregates, search-index, replicator, or all of them; or welcome-email', 'all')
    .option('--dry-run', 'change nothing: show exactly what would be changed', false)
    .addHelpText('after', `${exitCodes}\n\nExamples:\n${examples}`)
    .action((options: WalkCommandOptions & { consumer: string; dryRun: boolean }) => runCommand(() => run(options)));
}

async function run(options: WalkCommandOptions & { consumer: string; dryRun: boolean }): Promise<number> {
  const { consumer, dryRun } = options;
  const { backfillSources } = await import('../functions/copies.ts');
  const changes: PlannedChange[] = [];
  const walk = await walkArguments(options);
  const results = await runBackfill({
    ...walk,
    ...{ consumer, table, sources: backfillSources, clock: systemClock, random: Math.random },
    ...(dryRun ? { dryRun: (change) => changes.push(change) } : {}),
  });
  print(options, { target: walk.target.name, dryRun, results, ...(dryRun ? { changes } : {}) }, () =>
    [...(dryRun ? [describePlan(changes)] : []), ...results.map(describe)].join(''),
  );
  return results.every(isDone) ? exitCode.done : exitCode.left;
}

function isDone(result: BackfillResult): boolean {
  if (result.kind === 'copies') return result.refused.length === 0;
  return result.outcome === 'switched' || result.outcome === 'planned';
}

function describe(result: BackfillResult): string {
  const where = `${result.region} ${result.consumer}:`;
  if (result.kind === 'totals') {
    const { outcome, generation, reason } = result;
    const told = {
      switched: `readers are on generation ${generation}`,
      planned: `generation ${generation} is planned`,
    };
    if (outcome === 'switched' || outcome === 'planned') return `${where} ${told[outcome]}.\n`;
    return `${where} ${outcome}: ${reason ?? ''}\n`;
  }
  const counts = Object.entries(result.outcomes).map(([kind, count]) => `${count} ${kind}`);
  const refused = result.refused.map(({ keys, reason }) => `  refused ${JSON.stringify(keys)}: ${reason}\n`);
  return `${where} ${result.items} items: ${counts.join(', ') || 'none'}.\n${refused.join('')}`;
}
