/** What a run leaves for the checkers: the history of writes, and what the services hold in the end. */

/** An attribute value as the APIs show it. Binary is base64 text in images and bytes in tables: no checker reads it. */
export interface Value {
  readonly S?: string | undefined;
  readonly N?: string | undefined;
  readonly BOOL?: boolean | undefined;
  readonly NULL?: boolean | undefined;
  readonly B?: unknown;
  readonly BS?: unknown;
  readonly SS?: readonly string[] | undefined;
  readonly NS?: readonly string[] | undefined;
  readonly L?: readonly Value[] | undefined;
  readonly M?: Item | undefined;
}

export interface Item {
  readonly [name: string]: Value;
}

/** One change of a table, in the order of its region's stream. */
export interface Change {
  readonly region: string;
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly eventName: string;
  readonly isExpiry: boolean;
  readonly id: string;
  /** As the table says. */
  readonly createdAtMicroseconds: number;
  /** In the time of the world: comes in the same order in all regions. */
  readonly happenedAtMs: number;
  readonly oldImage?: Item;
  readonly newImage?: Item;
}

/** A record of a region's Kinesis stream: a change is there once or more often; what is no change may be there too. */
export interface Delivery {
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly arrivedAtMs: number;
  /** As consumers get it. */
  readonly record: object;
  readonly change?: Change;
}

/** What a mapping did with a record, as far as it can be seen from outside. */
export interface Handling {
  /** Times that an invocation answered for the record as resolved. */
  resolved: number;
  /** Times that the mapping gave the record up to the failure destination. */
  givenUp: number;
}

export interface ObservedRegion {
  readonly name: string;
  readonly changes: readonly Change[];
  readonly deliveries: readonly Delivery[];
  readonly users: readonly Item[];
  readonly counters: readonly Item[];
  readonly windows: readonly Item[];
  readonly conflicts: readonly Item[];
  readonly documents: readonly Document[];
  /** Every version that the index accepted for a document, in order. */
  readonly documentVersions: ReadonlyMap<string, readonly bigint[]>;
  /** What an archive object holds of each record, by `shard:sequence number`. */
  readonly archived: ReadonlyMap<string, object>;
  /** Of pending dead letters, by consumer: `shard:sequence number`. */
  readonly deadLetters: ReadonlyMap<string, ReadonlySet<string>>;
  /** By consumer and `shard:sequence number`. */
  readonly handled: ReadonlyMap<string, ReadonlyMap<string, Handling>>;
  /** When the mappings of consumers were deleted and created again. */
  readonly recreatedAtMs: ReadonlyMap<string, readonly number[]>;
  /** Sequence numbers of the changes that applications made, with the writer or past it. */
  readonly written: ReadonlySet<string>;
  /** Of those, the ones that put an earlier image again. */
  readonly putAgain: ReadonlySet<string>;
  /** Versions that its replicator wrote, or tried to, into the other region. */
  readonly sent: readonly { readonly id: string; readonly stamp: string }[];
}

export interface Document {
  readonly id: string;
  readonly source: Readonly<Record<string, unknown>>;
}

export interface Mail {
  readonly id: string;
  readonly to: string;
}

export interface Observed {
  readonly mode: 'active-active' | 'one-way';
  /** What becomes of a mail of which nothing is heard. */
  readonly onSilence: 'park' | 'resend';
  /** Whether a fault befell who sends mails. */
  readonly isMailDisturbed: boolean;
  readonly regions: readonly ObservedRegion[];
  readonly mails: readonly Mail[];
  readonly ledger: readonly Item[];
}

/** One thing that is not as it has to be. */
export interface Finding {
  readonly consumer: string;
  readonly kind: 'lost' | 'doubled' | 'diverged' | 'unaccounted';
  readonly what: string;
}

/** How a checker tells of what it finds. */
export type Add = (kind: Finding['kind'], what: string) => void;

export function isTombstone(item: Item | undefined): boolean {
  return item?._deleted?.BOOL === true;
}
