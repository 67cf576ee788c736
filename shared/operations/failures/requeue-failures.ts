import type { Clock } from '../../batch/clock.ts';
import { requeueDeadLetter } from '../../runtime/dead-letters.ts';
import type { PlannedChange } from '../dry-run/planned-change.ts';
import { failureStores } from '../operated-services.ts';
import type { Target } from '../target.ts';
import type { FailureFilter } from './failure-filter.ts';
import { listFailureObjects, markFailureObject } from './failure-objects.ts';
import { listDeadLetters } from './list-dead-letters.ts';

export interface RequeuedFailure {
  readonly region: string;
  readonly consumer: string;
  readonly key: string;
}

/**
 * Puts failures back on the list of work: pending again, whatever was done about them, and for dead letters with a new
 * notice in the queue, which forgets after 14 days. What was counted or discarded stays so: a redrive after it finds
 * that out.
 */
export async function requeueFailures(options: {
  readonly target: Target;
  readonly filter: FailureFilter;
  readonly scope: 'record' | 'batch';
  readonly clock: Clock;
  readonly dryRun?: (change: PlannedChange) => void;
}): Promise<readonly RequeuedFailure[]> {
  const { target, filter, scope, clock } = options;
  const requeued: RequeuedFailure[] = [];
  for (const region of target.regions) {
    const stores = failureStores(region, options);
    if (scope === 'record') {
      for (const { key, letter } of await listDeadLetters(region, filter)) {
        await requeueDeadLetter(stores, key);
        requeued.push({ region: region.name, consumer: letter.consumer, key });
      }
      continue;
    }
    const at = new Date(clock.nowMs()).toISOString();
    for (const { key, consumer } of await listFailureObjects(region, filter)) {
      await markFailureObject(stores.objects, key, { state: 'pending', at });
      requeued.push({ region: region.name, consumer, key });
    }
  }
  return requeued;
}
