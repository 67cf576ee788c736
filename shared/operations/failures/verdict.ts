import type { Position } from '../../change/change.ts';

/** A record as it failed, with where it stood. */
export interface FailedRecord {
  /** With the shard where the failure tells it. */
  readonly position: Position;
  /** The Lambda record as it was delivered. */
  readonly record: unknown;
}

/**
 * What a redrive or a discard made of one record.
 *
 * Settled: `applied` now; `duplicate`: its effect was there already; `stale`: the destination holds something newer;
 * `filtered`: none of the consumer's business (any more); `discarded`.
 * Left as it was: `waits`, `tooOld`, `unsupported`, `deadLettered` (refused again), `unresolved` (trouble on the way).
 */
export type VerdictKind =
  | 'applied'
  | 'duplicate'
  | 'stale'
  | 'filtered'
  | 'discarded'
  | 'waits'
  | 'tooOld'
  | 'unsupported'
  | 'deadLettered'
  | 'unresolved';

export interface Verdict {
  readonly kind: VerdictKind;
  /** Why it was left as it was. */
  readonly reason?: string;
}

const settled: readonly VerdictKind[] = ['applied', 'duplicate', 'stale', 'filtered', 'discarded'];

/** Whether nothing is left to do for the record. */
export function isSettled({ kind }: Verdict): boolean {
  return settled.includes(kind);
}

export const waits: Verdict = {
  kind: 'waits',
  reason: 'its consumer has not passed the record yet and will take it by itself: redrive it afterwards if it fails',
};

export const tooOld: Verdict = {
  kind: 'tooOld',
  reason: 'older than the replay horizon: what would tell whether it was counted is forgotten; rebuild instead',
};
