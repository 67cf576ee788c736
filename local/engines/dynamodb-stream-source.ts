/**
 * Reads a DynamoDB stream of the local engine as raw JSON. The SDK's client is no way to do it: it drops `userIdentity`
 * (the engine writes its keys in lower case, as Lambda events do), and with it the difference between an expiry and
 * a deletion.
 *
 * What engines fill differently from AWS is put right here, for every reader alike: `eventID` (dynoxide's collides
 * between tables), `awsRegion`, `SizeBytes`, and how DynamoDB Local names an expiry.
 */
import { createHash } from 'node:crypto';
import type { AttributeMap } from '../../shared/change/attribute-value.ts';
import { recordSizeBytes } from './dynamodb-stream-record-size.ts';
import { createJsonPoster } from './post-json.ts';

/** A record as GetRecords of AWS returns it: images in DynamoDB JSON, binary as base64, times in epoch seconds. */
export interface StreamRecord {
  /** 32 lower-case hex digits, the same whenever the record is read. */
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly eventVersion: string;
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly dynamodb: {
    readonly ApproximateCreationDateTime: number;
    readonly Keys: AttributeMap;
    readonly NewImage?: AttributeMap;
    readonly OldImage?: AttributeMap;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: StreamViewType;
  };
  /** Only for changes made by the service, that is expiries. */
  readonly userIdentity?: { readonly type: string; readonly principalId: string };
}

export type StreamViewType = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES';

export interface StreamShard {
  readonly ShardId: string;
  readonly ParentShardId?: string;
  /** The local engine gives an ending number for open shards too: only a missing `NextShardIterator` is the end. */
  readonly SequenceNumberRange?: { readonly StartingSequenceNumber?: string; readonly EndingSequenceNumber?: string };
}

export interface StreamDescription {
  readonly StreamArn: string;
  readonly StreamLabel: string;
  readonly StreamStatus: 'ENABLING' | 'ENABLED' | 'DISABLING' | 'DISABLED';
  readonly StreamViewType: StreamViewType;
  readonly TableName: string;
  readonly Shards: readonly StreamShard[];
}

export interface ShardIteratorInput {
  readonly streamArn: string;
  readonly shardId: string;
  readonly type: 'TRIM_HORIZON' | 'LATEST' | 'AT_SEQUENCE_NUMBER' | 'AFTER_SEQUENCE_NUMBER';
  readonly sequenceNumber?: string;
}

export interface RecordsInput {
  /** Where the iterator came from: the records' identity needs it, and an iterator is opaque. */
  readonly streamArn: string;
  readonly shardId: string;
  readonly shardIterator: string;
  /** 1 to 1,000. @default 1,000 */
  readonly limit?: number;
}

export interface StreamPage {
  readonly records: readonly StreamRecord[];
  /** Absent once the shard has ended and is read. An empty page with an iterator is not the end. */
  readonly nextShardIterator?: string;
}

export interface DynamoDbStreamSource {
  /** All pages of the shard list in one description. */
  describeStream(streamArn: string): Promise<StreamDescription>;
  getShardIterator(input: ShardIteratorInput): Promise<string>;
  getRecords(input: RecordsInput): Promise<StreamPage>;
}

/** A refusal by the engine; `name` is AWS's error code, e.g. `ExpiredIteratorException`. */
export class StreamRequestError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** @param options.region the one records are given; the engine itself serves every region alike. */
export function createDynamoDbStreamSource(options: { endpoint: string; region: string }): DynamoDbStreamSource {
  const { region } = options;
  const call = createCaller(options);

  async function describeStream(streamArn: string): Promise<StreamDescription> {
    const shards: StreamShard[] = [];
    let from: string | undefined;
    for (;;) {
      const { StreamDescription: page } = await call<{ StreamDescription: DescriptionPage }>('DescribeStream', {
        StreamArn: streamArn,
        ...(from === undefined ? {} : { ExclusiveStartShardId: from }),
      });
      const { LastEvaluatedShardId: last, ...description } = page;
      shards.push(...description.Shards);
      if (last === undefined) return { ...description, Shards: shards };
      from = last;
    }
  }

  return {
    describeStream,
    async getShardIterator({ streamArn, shardId, type, sequenceNumber }) {
      const reply = await call<{ ShardIterator: string }>('GetShardIterator', {
        StreamArn: streamArn,
        ShardId: shardId,
        ShardIteratorType: type,
        ...(sequenceNumber === undefined ? {} : { SequenceNumber: sequenceNumber }),
      });
      return reply.ShardIterator;
    },
    async getRecords({ streamArn, shardId, shardIterator, limit }) {
      const reply = await call<{ Records: EngineRecord[]; NextShardIterator?: string }>('GetRecords', {
        ShardIterator: shardIterator,
        ...(limit === undefined ? {} : { Limit: limit }),
      });
      return {
        records: reply.Records.map((record) => asOnAws(record, { streamArn, shardId, region })),
        ...(reply.NextShardIterator === undefined ? {} : { nextShardIterator: reply.NextShardIterator }),
      };
    },
  };
}

type Caller = <Output>(action: string, input: Record<string, unknown>) => Promise<Output>;

/** @throws {StreamRequestError} for each refusal. */
function createCaller({ endpoint, region }: { endpoint: string; region: string }): Caller {
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    // The engine wants to see a signature and does not check it.
    authorization:
      `AWS4-HMAC-SHA256 Credential=local/20250101/${region}/dynamodb/aws4_request, ` +
      'SignedHeaders=host, Signature=unchecked',
    'x-amz-date': '20250101T000000Z',
  };
  const post = createJsonPoster(endpoint);
  return async <Output>(action: string, input: Record<string, unknown>) => {
    const { ok, status, body } = await post(input, {
      ...headers,
      'x-amz-target': `DynamoDBStreams_20120810.${action}`,
    });
    if (ok) return body as Output;
    const { __type: type, message } = body as { __type?: string; message?: string };
    throw new StreamRequestError(
      type?.split('#').at(-1) ?? `HTTP ${status}`,
      `${action} was refused: ${message ?? 'no reason given'}`,
    );
  };
}

type DescriptionPage = StreamDescription & { readonly LastEvaluatedShardId?: string };

/** How DynamoDB Local calls what its own job deletes after its time to live, and leaves `userIdentity` out. */
const localExpiry = 'UNKNOWN_TO_SDK_VERSION';
const expiry = {
  eventName: 'REMOVE',
  userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
} as const;

type EngineRecord = Omit<StreamRecord, 'eventName'> & {
  readonly eventName: StreamRecord['eventName'] | typeof localExpiry;
};

function asOnAws(record: EngineRecord, place: { streamArn: string; shardId: string; region: string }): StreamRecord {
  const { streamArn, shardId, region } = place;
  const { eventName } = record;
  const identity = JSON.stringify([streamArn, shardId, record.dynamodb.SequenceNumber]);
  return {
    ...record,
    ...(eventName === localExpiry ? expiry : { eventName }),
    eventID: createHash('md5').update(identity).digest('hex'),
    awsRegion: region,
    dynamodb: { ...record.dynamodb, SizeBytes: recordSizeBytes(record.dynamodb) },
  };
}
