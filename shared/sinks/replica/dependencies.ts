import type { Clock } from '../../batch/clock.ts';
import type { TableDefinition } from '../../change/table-definition.ts';
import type { DynamoDb } from '../../services/dynamodb/port.ts';
import type { Place } from './item-store.ts';

/** What there is to count beside the outcomes of records. */
export type ReplicaObservation =
  /** Another version of the item lost: `certain`, or `possible` where what the winner had seen is not known. */
  | { readonly kind: 'conflict'; readonly certainty: Certainty }
  /** How far the clock that made a stamp was ahead of this one. Nothing depends on it; people should know. */
  | { readonly kind: 'clockAhead'; readonly aheadMs: number };

export type Certainty = 'certain' | 'possible';

export interface ReplicaDependencies {
  readonly table: TableDefinition;
  /** Where the stream is from. */
  readonly home: Place;
  readonly remote: Place;
  readonly conflicts: { readonly dynamodb: DynamoDb; readonly tableName: string };
  readonly clock: Clock;
  readonly observe: (observation: ReplicaObservation) => void;
}

/** The clock in the unit of stamps. */
export function nowMicroseconds({ clock }: Pick<ReplicaDependencies, 'clock'>): bigint {
  return BigInt(Math.floor(clock.nowMs())) * 1000n;
}
