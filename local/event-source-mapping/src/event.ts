/** An attribute value as Lambda delivers it: numbers and binary (base64) are strings. */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: boolean }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly string[] }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: AttributeMap };

export interface AttributeMap {
  readonly [name: string]: AttributeValue;
}

/** A change as a function on a DynamoDB stream receives it. */
export interface DynamoDbEventRecord {
  readonly eventID: string;
  readonly eventName: string;
  readonly eventVersion: string;
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly dynamodb: {
    /** Epoch seconds, rounded down. */
    readonly ApproximateCreationDateTime: number;
    readonly Keys: AttributeMap;
    readonly NewImage?: AttributeMap;
    readonly OldImage?: AttributeMap;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: string;
  };
  /** Only on changes made by a service, such as an expired time to live. */
  readonly userIdentity?: { readonly type: string; readonly principalId: string };
  readonly eventSourceARN: string;
}

/** A record as a function on a Kinesis stream receives it. */
export interface KinesisEventRecord {
  readonly kinesis: {
    readonly kinesisSchemaVersion: '1.0';
    readonly partitionKey: string;
    readonly sequenceNumber: string;
    /** Base64. */
    readonly data: string;
    /** Epoch seconds with the milliseconds as a fraction. */
    readonly approximateArrivalTimestamp: number;
  };
  readonly eventSource: 'aws:kinesis';
  readonly eventVersion: '1.0';
  /** `<shardId>:<sequenceNumber>` */
  readonly eventID: string;
  readonly eventName: 'aws:kinesis:record';
  readonly invokeIdentityArn: string;
  readonly awsRegion: string;
  readonly eventSourceARN: string;
}

export type EventRecord = DynamoDbEventRecord | KinesisEventRecord;

/** What an event carries on top of its records when, and only when, the mapping has a tumbling window. */
export interface WindowFields {
  /** ISO 8601, whole seconds, UTC. */
  readonly window: { readonly start: string; readonly end: string };
  readonly state: WindowState;
  readonly shardId: string;
  readonly eventSourceARN: string;
  readonly isFinalInvokeForWindow: boolean;
  readonly isWindowTerminatedEarly: boolean;
}

export interface WindowState {
  readonly [key: string]: unknown;
}

/** The event of one invocation. */
export interface MappingEvent extends Partial<WindowFields> {
  readonly Records: readonly EventRecord[];
}

/** Length in bytes of the JSON text of `value`, as it counts against Lambda's payload limit. */
export function encodedBytes(value: object): number {
  return Buffer.byteLength(JSON.stringify(value));
}
