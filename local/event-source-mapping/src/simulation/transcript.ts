import type { MappingEvent } from '../event.ts';
import type { FailureDelivery } from '../failure-document.ts';
import type { InvocationOutcome } from '../invocation.ts';
import type { MappingMetrics } from '../metrics.ts';
import type { ObservedActivity } from '../observer.ts';
import type { ShardPosition } from '../positions/position-store.ts';
import type { Verdict } from '../verdict.ts';

/** How a simulation ended. */
export interface SimulationEnd {
  /** `settled`: every record of every shard has ended and every window is closed. `timeLimit`: not within the limit. */
  readonly ended: 'settled' | 'timeLimit';
  readonly seed: number;
  /** Virtual epoch milliseconds. */
  readonly startedMs: number;
  readonly endedMs: number;
  /** Where each shard got to. */
  readonly positions: Readonly<Record<string, ShardPosition>>;
  /** Over all restarts. */
  readonly metrics: MappingMetrics;
}

/** One invocation of the function. */
export interface SimulatedInvocation {
  readonly shardId: string;
  readonly requestId: string;
  /** Virtual epoch milliseconds. */
  readonly startedMs: number;
  /** Absent when the mapping ended first. */
  readonly endedMs?: number;
  /** Counted from 1 for the same records. */
  readonly attempt: number;
  /** Exactly as the function got it. */
  readonly event: MappingEvent;
  readonly outcome?: InvocationOutcome;
  /** What the mapping made of it. */
  readonly verdict?: Verdict;
}

/** Everything that a mapping did in a simulation. */
export interface Transcript extends SimulationEnd {
  /** Every step in its order: reads, invocations, retries, cuts, discards, documents, positions, gaps, problems. */
  readonly activities: readonly ObservedActivity[];
  readonly invocations: readonly SimulatedInvocation[];
  readonly retries: readonly Extract<ObservedActivity, { kind: 'retry' }>[];
  /** What reached the failure destination. */
  readonly documents: readonly FailureDelivery[];
}

export function transcriptOf(end: SimulationEnd, activities: readonly ObservedActivity[]): Transcript {
  const ends = new Map(
    activities.flatMap((one) => (one.kind === 'invocationEnded' ? [[one.requestId, one] as const] : [])),
  );
  return {
    ...end,
    activities,
    invocations: activities.flatMap((one) => {
      if (one.kind !== 'invocation') return [];
      const { requestId, attempt, event, atMs, shardId = '' } = one;
      const ended = ends.get(requestId);
      const result = ended ? { endedMs: ended.atMs, outcome: ended.outcome, verdict: ended.verdict } : {};
      return [{ shardId, requestId, startedMs: atMs, attempt, event, ...result }];
    }),
    retries: activities.flatMap((one) => (one.kind === 'retry' ? [one] : [])),
    documents: activities.flatMap((one) => (one.kind === 'delivered' ? [one.delivery] : [])),
  };
}
