import type { MetricName } from './metrics.ts';

/**
 * A consumer as data. Infrastructure, laptop, replay and contract tests read it; nothing in it imports an SDK.
 * Names of fields follow the AWS options they set, with the unit last.
 */
export type ConsumerDefinition = StreamConsumerDefinition | ScheduledDefinition;

/** A function behind an event source mapping. */
export interface StreamConsumerDefinition extends FunctionDefinition {
  readonly trigger: StreamTrigger | KinesisTrigger;
  /** How its sink takes a batch: what the mapping may look like and what can become of a record follow from it. */
  readonly strategy: 'range' | 'newest' | 'each' | 'window' | 'whole';
  /**
   * `shown`: it is told the items as they are stored. Absent: a deleted item is gone, also where a tombstone stands for
   * it, and it never hears of tombstones.
   */
  readonly tombstones?: 'shown';
}

export function isStreamConsumer(definition: ConsumerDefinition): definition is StreamConsumerDefinition {
  return 'strategy' in definition;
}

/** A function without a stream: invoked on a schedule, and with SES events if it wants them. */
export interface ScheduledDefinition extends FunctionDefinition {
  readonly trigger: ScheduleTrigger;
  /** A laptop leaves it out: what it watches or tidies up does not exist there. */
  readonly deployedOnly?: true;
}

export interface FunctionDefinition {
  /** Folder name, function name and metric dimension. */
  readonly name: string;
  /** One line for people: what it makes of a write. */
  readonly summary: string;
  readonly timeoutS: number;
  readonly memoryMb: number;
  /** `emailRegion`: only where users are welcomed, for there every user arrives. @default every region */
  readonly runsIn?: 'emailRegion';
  /** What the function touches; tables, grants, variables and laptop resources follow. */
  readonly uses: readonly ResourceDefinition[];
  /** Metrics that it emits beside what becomes of its records. */
  readonly emits?: readonly MetricName[];
}

export interface StreamTrigger {
  readonly kind: 'stream';
  readonly mapping: MappingDefinition;
}

export interface KinesisTrigger {
  readonly kind: 'kinesis';
  readonly mapping: MappingDefinition;
}

export interface ScheduleTrigger {
  readonly kind: 'schedule';
  readonly everyS: number;
  /** Also invoked with SES events (bounce, complaint, delivery, ...), which wait for it in a queue. */
  readonly emailEvents: false | EmailEventsMapping;
}

/**
 * The mapping of the queue that SES events arrive in.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html
 */
export interface EmailEventsMapping {
  /** 1 to 10 messages. */
  readonly batchSize: number;
  /** 0 to 300 s. */
  readonly maximumBatchingWindowS: number;
  readonly reportBatchItemFailures: true;
}

/**
 * Every setting of the event source mapping, none left to a default.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
 */
export interface MappingDefinition {
  readonly startingPosition: 'TRIM_HORIZON';
  /** 1 to 10,000 records. */
  readonly batchSize: number;
  /** 0 to 300 s. */
  readonly maximumBatchingWindowS: number;
  /** 1 to 10. Above 1 order holds per item only, which `range` cannot use. */
  readonly parallelizationFactor: number;
  /** 0 = off, to 900 s. With a window, and only then, Lambda tells the shard of a DynamoDB batch. */
  readonly tumblingWindowS: number;
  /** -1 = keep retrying: a sink that is down for a while parks nothing. */
  readonly maximumRetryAttempts: number;
  /** Below the source's retention, so that a person has time to act. */
  readonly maximumRecordAgeS: number;
  readonly bisectBatchOnFunctionError: true;
  readonly reportBatchItemFailures: true;
  /** Whole payloads; a queue or topic would hold pointers that die with the shard. */
  readonly onFailure: 's3';
}

/** Something a sink needs, as data. */
export type ResourceDefinition =
  | TableResource
  | SourceTableResource
  | ReplicaTableResource
  | IndexResource
  | EmailIdentityResource
  | BucketResource
  | FailuresResource;

export interface TableResource {
  readonly kind: 'table';
  /** Logical name, such as `aggregates`; the physical one is in the environment variable. */
  readonly name: string;
  readonly variable: string;
  readonly partitionKey: { readonly name: string; readonly type: 'S' | 'N' };
  readonly sortKey?: { readonly name: string; readonly type: 'S' | 'N' };
  readonly timeToLiveAttribute?: string;
  readonly globalIndexes?: readonly {
    readonly name: string;
    readonly partitionKey: { readonly name: string; readonly type: 'S' | 'N' };
    readonly sortKey?: { readonly name: string; readonly type: 'S' | 'N' };
  }[];
  /** IAM actions on this table, such as `dynamodb:TransactWriteItems`. */
  readonly actions: readonly string[];
}

/** The user's own table, described in `functions/table.ts`; actions on its stream are among its own. */
export interface SourceTableResource {
  readonly kind: 'sourceTable';
  readonly variable: string;
  readonly actions: readonly string[];
}

/** The user's own table in another region. */
export interface ReplicaTableResource {
  readonly kind: 'replicaTable';
  /** Variable that holds the table's name there. */
  readonly variable: string;
  readonly regionVariable: string;
  /** Variable that holds the URL of DynamoDB there. */
  readonly endpointVariable: string;
  /** Variable that says how the tables are kept alike: `one-way`, `active-active` or `off`. */
  readonly modeVariable: string;
  readonly actions: readonly string[];
}

export interface IndexResource {
  readonly kind: 'searchIndex';
  /** Variable that holds the concrete index to write to. Readers use the alias that bears the table's name. */
  readonly variable: string;
  /** Variable that holds the endpoint of the cluster. */
  readonly endpointVariable: string;
  /** IAM actions: which requests reach the domain at all. */
  readonly actions: readonly string[];
  /**
   * What its requests may do there, by the names of OpenSearch's security plugin: in the whole domain, and on the
   * table's indices. Creating indices and changing mappings are nobody's but the deployment's.
   *
   * @see https://docs.opensearch.org/latest/security/access-control/permissions/
   */
  readonly permissions: { readonly cluster: readonly string[]; readonly index: readonly string[] };
}

export interface EmailIdentityResource {
  readonly kind: 'emailIdentity';
  /** Variable that holds the sender's address. */
  readonly variable: string;
  /** Variable that names the configuration set of every mail: it publishes the events that the settler learns from. */
  readonly configurationSetVariable: string;
  /** Variable that says what becomes of an attempt of which nothing is heard: `park` or `resend`. */
  readonly onSilenceVariable: string;
  readonly actions: readonly string[];
}

/** What failed of another consumer, to be looked at: its dead letters and failure objects. */
export interface FailuresResource {
  readonly kind: 'failures';
  readonly consumer: string;
}

export interface BucketResource {
  readonly kind: 'bucket';
  /** Logical name; the physical one is in the environment variable. */
  readonly name: string;
  readonly variable: string;
  /** Objects are deleted so long after they were put, by a rule of the bucket. */
  readonly expiresAfterDays: number;
  /** IAM actions on its objects, such as `s3:PutObject`. */
  readonly actions: readonly string[];
}
