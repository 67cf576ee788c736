import type { FilterCriteria } from './filters/filter-criteria.ts';

/**
 * The settings of a mapping, in the field names of Lambda's CreateEventSourceMapping.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
 */
export interface MappingSettings {
  /** Stable across restarts: it is part of the key of every document in the failure destination. */
  readonly UUID: string;
  readonly EventSourceArn: string;
  /** Name or ARN. */
  readonly FunctionName: string;
  /** `AT_TIMESTAMP` on Kinesis only. */
  readonly StartingPosition: 'TRIM_HORIZON' | 'LATEST' | 'AT_TIMESTAMP';
  readonly StartingPositionTimestamp?: Date;
  /** @default 100; 1 to 10000 */
  readonly BatchSize?: number;
  /** @default 0; 0 to 300 */
  readonly MaximumBatchingWindowInSeconds?: number;
  /** @default 1; 1 to 10: batches of a shard under way at once, in order per partition key or item */
  readonly ParallelizationFactor?: number;
  /** @default -1: until the record is too old; -1 to 10000 */
  readonly MaximumRetryAttempts?: number;
  /** @default -1: no limit; or 60 to 604800 */
  readonly MaximumRecordAgeInSeconds?: number;
  /** @default false */
  readonly BisectBatchOnFunctionError?: boolean;
  /** @default 0: off; 0 to 900 */
  readonly TumblingWindowInSeconds?: number;
  readonly FunctionResponseTypes?: readonly 'ReportBatchItemFailures'[];
  /** The ARN of an S3 bucket, an SQS queue or an SNS topic; FIFO ones lose what they are sent, as on AWS. */
  readonly DestinationConfig?: { readonly OnFailure?: { readonly Destination?: string } };
  /** A record that matches none of the patterns is left out. */
  readonly FilterCriteria?: FilterCriteria;
  /** @default true */
  readonly Enabled?: boolean;
}
