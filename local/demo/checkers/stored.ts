/** Attribute values as the DynamoDB API shows them; binary does not matter to any checker. */
export interface StoredValue {
  readonly S?: string | undefined;
  readonly N?: string | undefined;
  readonly SS?: readonly string[] | undefined;
  readonly L?: readonly StoredValue[] | undefined;
}

export type StoredItem = Readonly<Record<string, StoredValue>>;

/** One record read back from the DynamoDB stream or the Kinesis stream. */
export interface SourceRecord {
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly eventName: string;
  /** Of the change: a Kinesis duplicate has it again. */
  readonly eventId: string;
  readonly id: string;
  readonly newImage?: StoredItem;
}

export function textOf(value: StoredValue | undefined): string | undefined {
  return value?.S ?? value?.N;
}
