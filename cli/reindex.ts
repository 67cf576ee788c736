import type { Command } from 'commander';
import { searchFields, searchIndexEffects } from '../functions/search-index/effects.ts';
import { table } from '../functions/table.ts';
import type { PlannedChange } from '../shared/operations/dry-run/planned-change.ts';
import { planReindex } from '../shared/operations/reindex/plan-reindex.ts';
import { leaveOldIndex, reindex, rollBackReindex } from '../shared/operations/reindex/reindex.ts';
import type { ReindexState } from '../shared/operations/reindex/reindex-state.ts';
import { reindexOptions } from '../shared/operations/reindex/reindex-target.ts';
import { OperatorError, type TargetRegion } from '../shared/operations/target.ts';
import { systemClock } from '../shared/runtime/clock.ts';
import { describePlan } from './describe-plan.ts';
import { progressOn } from './progress.ts';
import { type CommonOptions, exitCode, exitCodes, print, runCommand, wholeNumber } from './run-command.ts';
import { settleOn } from './target/settle.ts';
import { chooseTarget, regionsOf } from './target/target.ts';

interface ReindexCommandOptions extends CommonOptions {
  readonly finish: boolean;
  readonly rollBack: boolean;
  readonly region?: string;
  readonly rate?: number;
  readonly dryRun: boolean;
}

interface Done extends Pick<ReindexState, 'current' | 'written' | 'step' | 'refused'> {
  readonly region: string;
}

const example = `
A new index is filled from the table while changes go on, then readers are moved to it; both are written until
--finish or --roll-back. A run that was cut off goes on where it was. Regions are done one after the other.

Example:
  npx tributary reindex --dry-run
  npx tributary reindex --rate 500
  npx tributary reindex --finish`;

/** `tributary reindex`. */
export function addReindex(program: Command): void {
  program
    .command('reindex')
    .description('fill a new search index from the table and move readers to it: nothing is missing at any moment')
    .option('--finish', 'write the old index no more, and remove it: there is no way back', false)
    .option('--roll-back', 'put readers back on the old index, and remove the new one', false)
    .option('--region <region>', 'in one region instead of all')
    .option('--rate <items>', 'items a second at most', wholeNumber)
    .option('--dry-run', 'change nothing: show exactly what would be changed', false)
    .option('--json', 'print one JSON object instead of a text', false)
    .option('--stage <name>', 'a deployed stage instead of the pipeline on this machine')
    .addHelpText('after', `${exitCodes}\n${example}`)
    .action((options: ReindexCommandOptions) => runCommand(() => run(options)));
}

async function run(options: ReindexCommandOptions): Promise<number> {
  const { finish, rollBack, dryRun } = options;
  if (finish && rollBack) throw new OperatorError('Either --finish or --roll-back.');
  const action = finish ? 'finish' : rollBack ? 'roll-back' : 'fill';
  const target = await chooseTarget(options);
  const chosen = regionsOf(target, options.region);
  if (dryRun) {
    const changes: PlannedChange[] = [];
    for (const region of chosen) changes.push(...(await planReindex(action, await optionsOf(region, options))));
    print(options, { target: target.name, dryRun, changes }, () => describePlan(changes));
    return exitCode.done;
  }
  const work = { fill: reindex, finish: leaveOldIndex, 'roll-back': rollBackReindex }[action];
  const regions: Done[] = [];
  for (const region of chosen) {
    const { current, written, step, refused } = await work(await optionsOf(region, options));
    regions.push({ region: region.name, current, written, step, refused });
  }
  print(options, { target: target.name, dryRun, regions }, () => {
    const lines = regions.map(({ region, current, written, step, refused }) => {
      const lost = refused === 0 ? '' : `; ${refused} items do not fit it and cannot be found there`;
      const then = step === 'switched' ? '; then `--finish`, or `--roll-back`' : lost;
      return `${region}: readers are on ${current}; written: ${written.join(', ')}${then}`;
    });
    return `${lines.join('\n')}\n`;
  });
  return exitCode.done;
}

async function optionsOf(region: TargetRegion, options: ReindexCommandOptions) {
  const { stage, rate } = options;
  return reindexOptions(region, {
    ...{ table, effects: searchIndexEffects(table), fieldsOf: searchFields(table), clock: systemClock },
    ...(await settleOn({ ...(stage === undefined ? {} : { stage }), region: region.name })),
    report: progressOn(process.stderr, systemClock),
    ...(rate === undefined ? {} : { itemsPerS: rate }),
  });
}
