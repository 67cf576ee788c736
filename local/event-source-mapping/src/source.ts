import type { EventRecord } from './event.ts';

/** A record of a shard, in the shape the function receives, with what the mapping needs to know about it. */
export interface SourceRecord {
  /** Decimal digits of any length; ordered within its shard, as an integer. */
  readonly sequenceNumber: string;
  /** When the stream took it in, epoch milliseconds (whole seconds for DynamoDB). */
  readonly arrivalMs: number;
  readonly record: EventRecord;
}

export interface SourceShard {
  readonly shardId: string;
  /** One for a split, two for a merge, none for a shard the stream began with. They may be trimmed already. */
  readonly parentShardIds: readonly string[];
}

export type StartPoint =
  | { readonly kind: 'TRIM_HORIZON' }
  | { readonly kind: 'LATEST' }
  | { readonly kind: 'AT_TIMESTAMP'; readonly timestampMs: number }
  | { readonly kind: 'AFTER_SEQUENCE_NUMBER'; readonly sequenceNumber: string };

export interface SourcePage {
  /** In shard order. An empty page says nothing about the end of the shard. */
  readonly records: readonly SourceRecord[];
  /** Absent at the end of a closed shard, and only there. */
  readonly nextIterator?: string;
  /** How far the end of this page lies behind the tip, where the service tells. */
  readonly behindMs?: number;
}

/**
 * A sharded stream, as DynamoDB Streams and Kinesis present it.
 *
 * Errors keep the names the services give them (`error.name`): `ExpiredIteratorException` and
 * `TrimmedDataAccessException` have a recovery of their own, everything else is retried.
 */
export interface Source {
  readonly kind: 'dynamodb' | 'kinesis';
  readonly arn: string;
  /** How long the stream keeps a record; what could not be processed by then is lost. Absent: for ever. */
  readonly retentionMs?: number;
  /** Every shard still readable, open and closed, in any order. */
  listShards(signal: AbortSignal): Promise<readonly SourceShard[]>;
  getIterator(shardId: string, start: StartPoint, signal: AbortSignal): Promise<string>;
  getRecords(shardId: string, iterator: string, signal: AbortSignal): Promise<SourcePage>;
}

/** Sequence numbers outgrow both `Number` and text order: "9" comes before "10". */
export function isAfter(sequenceNumber: string, other: string): boolean {
  return BigInt(sequenceNumber) > BigInt(other);
}
