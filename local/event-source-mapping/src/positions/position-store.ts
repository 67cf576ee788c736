import type { WindowState } from '../event.ts';

/** How far a shard has been dealt with. */
export type ShardPosition =
  /** Where a shard that existed when the mapping was created begins, until its first record is dealt with. */
  | { readonly kind: 'start'; readonly at: 'TRIM_HORIZON' | 'LATEST' | { readonly timestampMs: number } }
  /** Everything up to and including this record has been processed or discarded. */
  | { readonly kind: 'after'; readonly sequenceNumber: string; readonly window?: OpenWindow }
  | { readonly kind: 'finished' };

/** A tumbling window between two invocations. */
export interface OpenWindow {
  readonly startMs: number;
  readonly endMs: number;
  readonly state: WindowState;
}

/** All positions of one mapping. */
export interface Positions {
  /** They mean nothing in another stream: a stream switched off and on again counts from the beginning. */
  readonly eventSourceArn: string;
  readonly shards: Readonly<Record<string, ShardPosition>>;
}

/** Keeps the positions of one mapping. `save` replaces all of them, atomically; it is never called concurrently. */
export interface PositionStore {
  /** `undefined` when nothing was ever saved. */
  load(): Promise<Positions | undefined>;
  save(positions: Positions): Promise<void>;
}
