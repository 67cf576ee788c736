import type { AttributeMap } from './attribute-value.ts';

/**
 * What happened to an item. `expire` is a removal by DynamoDB's time to live, `snapshot` a read of the item as it is
 * now (backfill, repair) instead of a change.
 */
export type Op = 'insert' | 'modify' | 'remove' | 'expire' | 'snapshot';

/**
 * Where a record stands: its identity. Never `eventID`, which collides across tables on some engines, and never the
 * sequence number alone, which starts over when a stream is switched off and on (the ARN then has another label).
 */
export interface Position {
  readonly streamArn: string;
  /** Absent in ordinary events of a DynamoDB stream: only tumbling-window events carry it. Always there for Kinesis. */
  readonly shardId?: string;
  /** Decimal digits of varying length; compare with `compareSequenceNumbers`, never as text or `number`. */
  readonly sequenceNumber: string;
}

export interface CreationTime {
  /** Microseconds since the epoch, whatever the precision. */
  readonly microseconds: bigint;
  /** What the source really knew: `second` for DynamoDB streams; Kinesis as its destination is configured. */
  readonly precision: 'second' | 'millisecond' | 'microsecond';
}

/** One parsed record, the same for both sources. Images are what DynamoDB sent, undecoded. */
export interface Change {
  readonly op: Op;
  readonly source: 'stream' | 'kinesis' | 'table';
  readonly keys: AttributeMap;
  readonly oldImage?: AttributeMap;
  readonly newImage?: AttributeMap;
  readonly position: Position;
  readonly createdAt: CreationTime;
  /** From configuration: local engines put other words into the record. */
  readonly region: string;
  /**
   * Kinesis only: the UUID that DynamoDB gave the change, the same in all of its duplicates (their sequence numbers
   * differ). Never an identity by itself; see `changeIdentity`.
   */
  readonly eventId?: string;
}
