import { listFailureObjects } from '../failures/failure-objects.ts';
import { listDeadLetters } from '../failures/list-dead-letters.ts';
import type { FailureKeeper } from '../target.ts';
import type { BuildFailures } from './aggregates-build.ts';

/** The failures of a consumer in a region, as a build of its aggregates asks for them. */
export function failuresOfConsumer(region: FailureKeeper, consumer: string): BuildFailures {
  const count = async (filter: { readonly state: 'pending' } | { readonly sinceMs: number }) => {
    const [letters, objects] = await Promise.all([
      listDeadLetters(region, { consumer, ...filter }),
      listFailureObjects(region, { consumer, ...filter }),
    ]);
    return letters.length + objects.length;
  };
  return { pending: () => count({ state: 'pending' }), since: (sinceMs) => count({ sinceMs }) };
}
