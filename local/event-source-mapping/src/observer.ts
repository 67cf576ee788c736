import type { DiscardCondition } from './batch-run.ts';
import type { MappingEvent } from './event.ts';
import type { FailureDelivery } from './failure-document.ts';
import type { InvocationOutcome } from './invocation.ts';
import type { ShardPosition } from './positions/position-store.ts';
import type { Verdict } from './verdict.ts';

/** What a mapping does, as it does it. */
export type MappingActivity =
  | { readonly kind: 'shardStarted' | 'shardFinished' }
  | { readonly kind: 'polled'; readonly recordCount: number }
  /** They matched no filter: nothing more happens to them. */
  | { readonly kind: 'filtered'; readonly sequenceNumbers: readonly string[] }
  | { readonly kind: 'invocation'; readonly requestId: string; readonly attempt: number; readonly event: MappingEvent }
  | {
      readonly kind: 'invocationEnded';
      readonly requestId: string;
      readonly outcome: InvocationOutcome;
      readonly verdict: Verdict;
    }
  | { readonly kind: 'retry'; readonly delayMs: number; readonly attempts: number; readonly reason: string }
  | { readonly kind: 'bisect'; readonly firstCount: number; readonly secondCount: number }
  | { readonly kind: 'discarded'; readonly condition: DiscardCondition; readonly sequenceNumbers: readonly string[] }
  /** They left the stream while they were being repeated: Lambda tells no destination of them. */
  | { readonly kind: 'expired'; readonly sequenceNumbers: readonly string[] }
  | { readonly kind: 'delivered'; readonly delivery: FailureDelivery }
  | { readonly kind: 'deliveryFailed'; readonly delivery: FailureDelivery; readonly error: unknown }
  | { readonly kind: 'checkpoint'; readonly position: ShardPosition }
  | { readonly kind: 'windowClosed'; readonly start: string; readonly end: string; readonly early: boolean }
  /** The function's response is not what it seems to mean. */
  | { readonly kind: 'warning'; readonly requestId: string; readonly message: string }
  /** Records were trimmed before they were read: they are lost to this mapping. */
  | { readonly kind: 'gap'; readonly afterSequenceNumber: string | undefined }
  /** A call to the stream or the position store failed; it is repeated. */
  | { readonly kind: 'problem'; readonly operation: string; readonly error: unknown };

/** `shardId` is absent only for a problem that concerns no single shard. */
export type ObservedActivity = MappingActivity & { readonly atMs: number; readonly shardId?: string };

/** Receives every activity in order. It must not throw: the mapping ends with what it throws. */
export type Observer = (activity: ObservedActivity) => void;
