import { buildAggregates } from '../build/build-aggregates.ts';
import { operateConsumer } from '../operated-services.ts';
import { OperatorError } from '../target.ts';
import { type BackfillResult, chosenNames, regionsOf, type WalkOptions } from './backfill.ts';
import { backfillCopies, type CopiesBackfill } from './backfill-copies.ts';
import { planBuild } from './plan-build.ts';
import { buildOf, liveConsumer, paceOf, progressOf, sourceTableOf, type Walk } from './walk.ts';

/**
 * Takes the whole table to a consumer, or to all that keep something of it, while live traffic runs: copies item by
 * item as snapshots, totals as a new generation that readers switch to when it has everything. Safe to kill and call
 * again: it goes on where it was.
 *
 * @throws {OperatorError} for a consumer that keeps nothing that could be brought in
 * @throws {PipelineError} when the trouble lasts, or a consumer that is waited for is paused
 */
export async function runBackfill(
  options: WalkOptions & { readonly consumer: string },
): Promise<readonly BackfillResult[]> {
  const { sources, consumer } = options;
  const names = chosenNames(consumer, [...Object.keys(sources.totals), ...Object.keys(sources.copies)]);
  const results: BackfillResult[] = [];
  for (const region of regionsOf(options)) {
    for (const name of names) {
      const definition = region.consumers.find((each) => each.name === name);
      if (definition === undefined) continue;
      const operated = operateConsumer(definition, region, options);
      const result = await backfillOne({ operated, options }, consumer === 'all');
      if (result !== undefined) results.push({ region: region.name, consumer: name, ...result });
    }
  }
  return results;
}

async function backfillOne(walk: Walk, isOneOfMany: boolean) {
  const { operated, options } = walk;
  const { name } = operated.definition;
  const totals = options.sources.totals[name];
  if (totals !== undefined) {
    // Before a build is begun that could not end; a walk looks by itself.
    await liveConsumer(walk);
    const build = buildOf(walk, { ...totals, decide: async () => 'switch' });
    const result = options.dryRun === undefined ? await buildAggregates(build) : await planBuild(build, walk);
    return { kind: 'totals' as const, ...result };
  }
  const { bring, byNameOnly = false } = options.sources.copies[name]?.(operated) ?? {};
  if (bring !== undefined && !(byNameOnly && isOneOfMany))
    return { kind: 'copies' as const, ...(await backfillCopies(copiesOf(walk, bring))) };
  if (isOneOfMany) return undefined;
  throw new OperatorError(`${name} keeps nothing in ${operated.region.name} that could be brought in.`);
}

function copiesOf(walk: Walk, bring: CopiesBackfill['bring']): CopiesBackfill {
  const { operated, options } = walk;
  const { clock, random, report, table } = options;
  const { region, definition } = operated;
  return {
    ...{ clock, random, bring, pace: paceOf(walk), table: sourceTableOf(region, table) },
    store: progressOf(walk, 'backfill'),
    report: (progress) => report({ region: region.name, consumer: definition.name, ...progress }),
  };
}
