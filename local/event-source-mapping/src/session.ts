import { AbandonedError, unlessAborted } from './abandon.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { Clock } from './clock.ts';
import type { FailureDelivery } from './failure-document.ts';
import type { Invoke } from './invocation.ts';
import type { MappingConfig } from './mapping-config.ts';
import type { MetricCounters } from './metrics.ts';
import type { MappingActivity } from './observer.ts';
import type { ShardPosition } from './positions/position-store.ts';
import type { Source } from './source.ts';
import type { Tuning } from './tuning.ts';

/** Stores an object in a bucket, or sends a message to a queue or topic. Rejected, it is lost: the shard goes on. */
export type Deliver = (delivery: FailureDelivery) => Promise<void>;

/** `none`: nothing was invoked yet. */
export type LastResult = 'none' | 'OK' | 'PROBLEM';

/** What the workers of a mapping share from one enabling to the next disabling. */
export interface Session {
  readonly config: MappingConfig;
  readonly tuning: Required<Tuning>;
  readonly source: Source;
  readonly invoke: Invoke;
  readonly deliver: Deliver;
  readonly clock: Clock;
  readonly random: () => number;
  readonly checkpoints: Checkpoints;
  readonly metrics: MetricCounters;
  /** Of the newest invocation of any shard. */
  readonly lastResult: { value: LastResult };
  /** Aborts when no new attempt may begin: on disabling and on stopping. */
  readonly drain: AbortSignal;
  /** Aborts when nothing may be waited for any more. */
  readonly stop: AbortSignal;
  observe(activity: MappingActivity, shardId?: string): void;
}

/**
 * Stores a position, however often that takes: the next batch may not begin on an unsaved one. It is asked for anew
 * each time, since another lane may have moved it meanwhile.
 */
export async function checkpoint(
  session: Session,
  shardId: string,
  current: () => ShardPosition | undefined,
): Promise<void> {
  let position = current();
  if (!position) return;
  await persistently(session, { operation: 'store the position', shardId, limit: session.stop }, async () => {
    position = current() ?? position;
    if (position) await session.checkpoints.set(shardId, position);
  });
  session.observe({ kind: 'checkpoint', position }, shardId);
}

/**
 * Repeats `work` with backoff until it resolves.
 *
 * @throws {AbandonedError} when `limit` aborts first.
 */
export async function persistently<T>(
  session: Session,
  { operation, shardId, limit }: { operation: string; shardId?: string; limit: AbortSignal },
  work: () => Promise<T>,
): Promise<T> {
  const { baseMs, maximumMs } = session.tuning.backoff;
  for (let failures = 0; ; failures += 1) {
    try {
      return await unlessAborted(limit, work);
    } catch (error) {
      if (error instanceof AbandonedError) throw error;
      session.observe({ kind: 'problem', operation, error }, shardId);
      await session.clock.sleep(Math.min(maximumMs, baseMs * 2 ** failures), limit);
    }
  }
}
