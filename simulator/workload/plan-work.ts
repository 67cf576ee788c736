import { createRandom } from '../random.ts';
import type { Work } from './maintenance.ts';

export interface PlannedWork {
  readonly region: number;
  readonly work: Work;
}

/**
 * What operators do to whole tables in a history, by the step after which they begin: in one of twenty histories, for
 * a walk through a table takes as many calls as all the changes. Drawn apart: all other histories stay as they are.
 */
export function planWork(seed: number, steps: number): ReadonlyMap<number, PlannedWork> {
  const random = createRandom(seed + 0x5eed);
  const planned = new Map<number, PlannedWork>();
  if (!random.chance(0.05)) return planned;
  for (let left = random.integer(1, 3); left > 0; left -= 1) {
    const consumer = random.pick(['aggregates', 'search-index', 'replicator'] as const);
    const command = random.chance(0.5) ? 'backfill' : 'audit';
    planned.set(random.integer(0, steps - 1), { region: random.integer(0, 1), work: { consumer, command } });
  }
  return planned;
}
