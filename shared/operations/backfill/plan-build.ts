import { readBuild } from '../../sinks/aggregates/generations.ts';
import type { AggregatesBuild } from '../build/aggregates-build.ts';
import type { PlannedBuild } from './backfill.ts';
import type { Walk } from './walk.ts';

/** What a build would do, without doing it: a generation of totals cannot be built on the side. */
export async function planBuild(
  { aggregates, failures, totals }: AggregatesBuild,
  { operated, options }: Walk,
): Promise<PlannedBuild> {
  const { phase, last } = await readBuild(aggregates);
  const pending = await failures.pending();
  if (pending > 0) {
    const reason = `${pending} failures wait: redrive or discard them first, or they would be counted twice`;
    return { outcome: 'refused', generation: 0, reason };
  }
  const generation = phase.kind === 'live' ? last + 1 : last;
  const items = await operated.region.itemCount();
  options.dryRun?.({
    region: operated.region.name,
    service: 'dynamodb',
    action: phase.kind === 'live' ? 'build' : 'resume',
    target: aggregates.tables.counters,
    key: `generation ${generation}`,
    detail:
      `${totals.map(({ name }) => name).join(', ')} from ${items === undefined ? 'all' : `about ${items}`} items; ` +
      `readers switch from generation ${phase.generation} to it, and the old one is deleted`,
  });
  return { outcome: 'planned', generation };
}
