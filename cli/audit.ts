import type { Command } from 'commander';
import { table } from '../functions/table.ts';
import { type AuditResult, isGreen } from '../shared/operations/audit/audit.ts';
import { runAudit } from '../shared/operations/audit/run-audit.ts';
import type { PlannedChange } from '../shared/operations/dry-run/planned-change.ts';
import { systemClock } from '../shared/runtime/clock.ts';
import { describePlan } from './describe-plan.ts';
import { exitCode, exitCodes, print, runCommand, timeMs } from './run-command.ts';
import { type WalkCommandOptions, walkArguments, withWalkOptions } from './walk-options.ts';

interface AuditCommandOptions extends WalkCommandOptions {
  readonly consumer: string;
  readonly repair: boolean;
  readonly grace: string;
  readonly patience: string;
  readonly dryRun: boolean;
}

const examples =
  '  npx tributary audit\n' +
  '  npx tributary audit --repair --consumer search-index --dry-run\n' +
  '  npx tributary audit --repair --consumer aggregates';

/** `tributary audit [--repair]`. */
export function addAudit(program: Command): void {
  withWalkOptions(program.command('audit'))
    .description('compare what consumers keep with the table while writes go on: 0 when all is alike or repaired')
    .option('--consumer <name>', 'aggregates, search-index, replicator, welcome-email, or all of them', 'all')
    .option('--repair', 'put right what can be: nothing newer is written over; totals anew, emails waived', false)
    .option('--grace <time>', 'a difference counts when it lasts so long while the item stands still', '15s')
    .option('--patience <time>', 'wait so long for consumers that are behind', '5m')
    .option('--dry-run', 'change nothing: show what a repair would change; totals are not compared', false)
    .addHelpText('after', `${exitCodes}\n\nExamples:\n${examples}`)
    .action((options: AuditCommandOptions) => runCommand(() => run(options)));
}

async function run(options: AuditCommandOptions): Promise<number> {
  const { consumer, repair, grace, patience, dryRun } = options;
  const nowMs = systemClock.nowMs();
  const { backfillSources } = await import('../functions/copies.ts');
  const changes: PlannedChange[] = [];
  const walk = await walkArguments(options);
  const results = await runAudit({
    ...walk,
    ...{ consumer, repair, table, sources: backfillSources, clock: systemClock, random: Math.random },
    graceMs: nowMs - timeMs(grace, nowMs),
    patienceMs: nowMs - timeMs(patience, nowMs),
    ...(dryRun ? { dryRun: (change) => changes.push(change) } : {}),
  });
  print(options, { target: walk.target.name, dryRun, results, ...(dryRun ? { changes } : {}) }, () =>
    [...(dryRun ? [describePlan(changes)] : []), ...results.map(describe)].join(''),
  );
  return results.every(isGreen) ? exitCode.done : exitCode.left;
}

const shown = 20;

function describe(result: AuditResult): string {
  const where = `${result.region} ${result.consumer}:`;
  const lines = result.kind === 'copies' ? copiesLines(result) : totalsLines(result);
  const more = lines.length - 1 > shown ? [`  and ${lines.length - 1 - shown} more: --json has all of them`] : [];
  return `${[`${where} ${lines[0] ?? ''}`, ...lines.slice(1, shown + 1), ...more].join('\n')}\n`;
}

function copiesLines({ items, differences }: Extract<AuditResult, { kind: 'copies' }>): readonly string[] {
  const repaired = differences.filter(({ isRepaired }) => isRepaired).length;
  const found = differences.length === 0 ? 'alike' : `${differences.length} differ, ${repaired} of them repaired`;
  return [
    `${items} items, ${found}.`,
    ...differences.map(({ keys, kind, detail, reason, isRepaired }) => {
      const what = detail === undefined ? kind : `${kind} (${detail})`;
      return `  ${JSON.stringify(keys)} ${what}: ${reason}${isRepaired ? '; repaired' : ''}`;
    }),
  ];
}

function totalsLines({ outcome, differences, reason }: Extract<AuditResult, { kind: 'totals' }>): readonly string[] {
  return [
    `${reason === undefined ? outcome : `${outcome}: ${reason}`}.`,
    ...differences.map(({ total, group, count, sum }) => {
      const name = group.kind === 'value' ? group.value : '(invalid)';
      return `  ${total} ${name}: count off by ${count}, sum off by ${sum}`;
    }),
  ];
}
