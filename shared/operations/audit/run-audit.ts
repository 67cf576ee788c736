import { chosenNames, regionsOf } from '../backfill/backfill.ts';
import { planBuild } from '../backfill/plan-build.ts';
import { buildOf, liveConsumer } from '../backfill/walk.ts';
import { buildAggregates } from '../build/build-aggregates.ts';
import { operateConsumer } from '../operated-services.ts';
import type { AuditOptions, AuditResult, AuditWalk, TotalsAudit } from './audit.ts';
import { auditCopies } from './audit-copies.ts';
import { compareGenerations, type GroupDifference } from './compare-generations.ts';

/**
 * Compares what consumers keep with the table while changes go on: documents, copies and emails item by item, totals
 * with a generation that is built beside them. Safe to kill and call again: it goes on where it was.
 *
 * @throws {PipelineError} when the trouble lasts, or a consumer is paused or stands still
 */
export async function runAudit(options: AuditOptions): Promise<readonly AuditResult[]> {
  const { sources, consumer } = options;
  const names = chosenNames(consumer, [...Object.keys(sources.totals), ...Object.keys(sources.copies)]);
  const walks = regionsOf(options).flatMap((region) =>
    region.consumers
      .filter(({ name }) => names.includes(name))
      .map((definition): AuditWalk => ({ operated: operateConsumer(definition, region, options), options })),
  );
  // Before the first of them, for it may take its time.
  for (const walk of walks) await liveConsumer(walk);
  const results: AuditResult[] = [];
  for (const walk of walks) {
    const { definition, region } = walk.operated;
    const audited = definition.name in sources.totals ? await auditTotals(walk) : await auditCopies(walk);
    results.push({ region: region.name, consumer: definition.name, ...audited });
  }
  return results;
}

/** Repair is the switch to what was built to compare with; a number that readers see is never written over. */
async function auditTotals(walk: AuditWalk): Promise<TotalsAudit> {
  const { operated, options } = walk;
  const source = options.sources.totals[operated.definition.name] ?? { totals: [], effects: () => undefined };
  let differences: readonly GroupDifference[] | undefined;
  const build = buildOf(walk, {
    ...source,
    decide: async (generations) => {
      differences = await compareGenerations(generations, { totals: source.totals, aggregates: build.aggregates });
      return options.repair && differences.length > 0 ? 'switch' : 'abandon';
    },
  });
  if (options.dryRun !== undefined) {
    return { kind: 'totals', differences: [], ...(await planBuild(build, walk)) };
  }
  const { outcome, reason } = await buildAggregates(build);
  const kind = 'totals' as const;
  if (outcome === 'switched') return { kind, outcome: 'repaired', differences: differences ?? [] };
  if (outcome === 'refused' || differences === undefined) {
    return { kind, outcome, differences: [], ...(reason === undefined ? {} : { reason }) };
  }
  // Wanted to switch and could not: what was built has a gap, so nothing was learned from it.
  if (options.repair && differences.length > 0) {
    return { kind, outcome: 'abandoned', differences, ...(reason === undefined ? {} : { reason }) };
  }
  return { kind, outcome: differences.length === 0 ? 'equal' : 'differs', differences };
}
