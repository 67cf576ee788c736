/** Attribute values as the DynamoDB API shows them. */
export interface StoredValue {
  readonly S?: string | undefined;
  readonly N?: string | undefined;
  readonly SS?: readonly string[] | undefined;
  readonly L?: readonly StoredValue[] | undefined;
  readonly M?: StoredItem | undefined;
  readonly BOOL?: boolean | undefined;
  /** Read from a table; text in a record of Kinesis. */
  readonly B?: Uint8Array | string | undefined;
}

export interface StoredItem {
  readonly [attribute: string]: StoredValue;
}

/** One record read back from the DynamoDB stream or the Kinesis stream. */
export interface SourceRecord {
  readonly shardId: string;
  readonly sequenceNumber: string;
  /** `INSERT`, `MODIFY`, `REMOVE` as consumers see it, or `NONE` for what concerns tombstones alone. */
  readonly eventName: string;
  /** Of the change: a Kinesis duplicate has it again. */
  readonly eventId: string;
  readonly id: string;
  /** As everybody but the replicator sees them: a tombstone is no item. */
  readonly oldImage?: StoredItem;
  readonly newImage?: StoredItem;
  /** As they are stored, tombstones included. */
  readonly oldStored?: StoredItem;
  readonly newStored?: StoredItem;
  /** Their stamps. */
  readonly oldStamp?: string;
  readonly newStamp?: string;
  /** Epoch milliseconds; Kinesis only. */
  readonly arrivedAtMs?: number;
}

/** A deleted item that is kept so that the deletion reaches the other region. */
export function isTombstone(item: StoredItem): boolean {
  return item._deleted?.BOOL === true;
}

export function live(items: readonly StoredItem[]): StoredItem[] {
  return items.filter((item) => !isTombstone(item));
}

export function textOf(value: StoredValue | undefined): string | undefined {
  return value?.S ?? value?.N;
}
