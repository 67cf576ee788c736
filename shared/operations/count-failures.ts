import { listFailureObjects } from './failures/failure-objects.ts';
import { listDeadLetters } from './failures/list-dead-letters.ts';
import type { FailureKeeper } from './target.ts';

/** Pending failures of one consumer. */
export interface FailureCounts {
  readonly deadLetters: number;
  /** Batches that its mapping gave up on. */
  readonly failureObjects: number;
}

/**
 * The pending failures of a region, by consumer. Undefined where there are failures that the caller may not read: which
 * of them are settled stands in the objects, beside the records of users.
 */
export async function countFailures(region: FailureKeeper): Promise<ReadonlyMap<string, FailureCounts> | undefined> {
  const pending = { state: 'pending' } as const;
  try {
    const letters = (await listDeadLetters(region, pending)).map(({ letter }) => letter.consumer);
    const objects = (await listFailureObjects(region, pending)).map(({ consumer }) => consumer);
    const countIn = (all: readonly string[], consumer: string) => all.filter((each) => each === consumer).length;
    return new Map(
      [...new Set([...letters, ...objects])].map((consumer) => {
        return [consumer, { deadLetters: countIn(letters, consumer), failureObjects: countIn(objects, consumer) }];
      }),
    );
  } catch (error) {
    if (error instanceof Error && error.name === 'AccessDenied') return undefined;
    throw error;
  }
}
