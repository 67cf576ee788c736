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
  /** @default 1; more is not supported yet */
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
  /** An S3 bucket's ARN; other destinations are not supported yet. */
  readonly DestinationConfig?: { readonly OnFailure?: { readonly Destination?: string } };
  /** Not supported yet, except with an empty list of filters. */
  readonly FilterCriteria?: { readonly Filters?: readonly { readonly Pattern?: string }[] };
  /** @default true */
  readonly Enabled?: boolean;
}

/** {@link MappingSettings} with every default in place and durations in milliseconds. */
export interface MappingConfig {
  readonly uuid: string;
  readonly eventSourceArn: string;
  readonly functionArn: string;
  readonly start: 'TRIM_HORIZON' | 'LATEST' | { readonly timestampMs: number };
  readonly batchSize: number;
  readonly batchingWindowMs: number;
  /** Infinity for no limit. */
  readonly maximumRetryAttempts: number;
  /** Infinity for no limit. */
  readonly maximumRecordAgeMs: number;
  readonly bisect: boolean;
  /** 0 when off. */
  readonly tumblingWindowMs: number;
  readonly reportBatchItemFailures: boolean;
  readonly failureBucketArn: string | undefined;
  readonly enabled: boolean;
}

/** The settings break a rule of Lambda's, or use what is not supported here; `problems` lists all of them. */
export class InvalidMappingError extends Error {
  override readonly name = 'InvalidMappingError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The event source mapping is invalid: ${problems.join(' ')}`);
    this.problems = problems;
  }
}

const KNOWN = new Set([
  ...['UUID', 'EventSourceArn', 'FunctionName', 'StartingPosition', 'StartingPositionTimestamp', 'BatchSize'],
  ...['MaximumBatchingWindowInSeconds', 'ParallelizationFactor', 'MaximumRetryAttempts', 'MaximumRecordAgeInSeconds'],
  ...['BisectBatchOnFunctionError', 'TumblingWindowInSeconds', 'FunctionResponseTypes', 'DestinationConfig'],
  ...['FilterCriteria', 'Enabled'],
]);

const STREAM_ARN = /^arn:[\w-]+:(dynamodb:[\w-]*:\d*:table\/[^/]+\/stream\/.+|kinesis:[\w-]*:\d*:stream\/.+)$/;

/** @throws {InvalidMappingError} naming every field that cannot be used. */
export function checkMapping(settings: MappingSettings, nowMs: number): MappingConfig {
  const problems = [
    ...Object.keys(settings)
      .filter((field) => !KNOWN.has(field))
      .map((field) => `${field} is not a field of an event source mapping for a stream.`),
    ...rangeProblems(settings),
    ...startProblems(settings, nowMs),
    ...supportProblems(settings),
  ];
  if (!settings.UUID) problems.push('UUID is missing.');
  if (!settings.FunctionName) problems.push('FunctionName is missing.');
  if (!STREAM_ARN.test(settings.EventSourceArn)) {
    problems.push(`EventSourceArn ${settings.EventSourceArn} is not the ARN of a DynamoDB or Kinesis stream.`);
  }
  if (problems.length > 0) throw new InvalidMappingError(problems);
  const age = settings.MaximumRecordAgeInSeconds ?? -1;
  const retries = settings.MaximumRetryAttempts ?? -1;
  return {
    uuid: settings.UUID,
    eventSourceArn: settings.EventSourceArn,
    functionArn: functionArn(settings),
    start:
      settings.StartingPosition === 'AT_TIMESTAMP'
        ? { timestampMs: settings.StartingPositionTimestamp?.getTime() ?? nowMs }
        : settings.StartingPosition,
    batchSize: settings.BatchSize ?? 100,
    batchingWindowMs: (settings.MaximumBatchingWindowInSeconds ?? 0) * 1000,
    maximumRetryAttempts: retries < 0 ? Number.POSITIVE_INFINITY : retries,
    maximumRecordAgeMs: age < 0 ? Number.POSITIVE_INFINITY : age * 1000,
    bisect: settings.BisectBatchOnFunctionError ?? false,
    tumblingWindowMs: (settings.TumblingWindowInSeconds ?? 0) * 1000,
    reportBatchItemFailures: settings.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
    failureBucketArn: settings.DestinationConfig?.OnFailure?.Destination,
    enabled: settings.Enabled ?? true,
  };
}

function rangeProblems(settings: MappingSettings): string[] {
  const { MaximumRecordAgeInSeconds: age } = settings;
  const ranges = [
    { field: 'BatchSize', low: 1, high: 10_000 },
    { field: 'MaximumBatchingWindowInSeconds', low: 0, high: 300 },
    { field: 'ParallelizationFactor', low: 1, high: 10 },
    { field: 'MaximumRetryAttempts', low: -1, high: 10_000 },
    { field: 'MaximumRecordAgeInSeconds', low: -1, high: 604_800 },
    { field: 'TumblingWindowInSeconds', low: 0, high: 900 },
  ] as const;
  const problems = ranges.flatMap(({ field, low, high }) => {
    const value = settings[field];
    if (value === undefined || (Number.isInteger(value) && value >= low && value <= high)) return [];
    return [`${field} is ${value}; it must be a whole number from ${low} to ${high}.`];
  });
  if (age !== undefined && age > -1 && age < 60) {
    problems.push(`MaximumRecordAgeInSeconds is ${age}; it must be -1 (no limit) or from 60 to 604800.`);
  }
  return problems;
}

function startProblems(settings: MappingSettings, nowMs: number): string[] {
  const { StartingPosition: start, StartingPositionTimestamp: timestamp, EventSourceArn: arn } = settings;
  if (!['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP'].includes(start)) {
    return [`StartingPosition is ${start}; it must be TRIM_HORIZON, LATEST or, on Kinesis, AT_TIMESTAMP.`];
  }
  if (start !== 'AT_TIMESTAMP') {
    return timestamp ? [`StartingPositionTimestamp goes with AT_TIMESTAMP only, not with ${start}.`] : [];
  }
  if (arn.includes(':dynamodb:')) return [`Unsupported starting position for arn type: ${arn}.`];
  if (!timestamp) return ['StartingPosition AT_TIMESTAMP needs a StartingPositionTimestamp.'];
  return timestamp.getTime() > nowMs ? ['StartingPositionTimestamp lies in the future.'] : [];
}

function supportProblems(settings: MappingSettings): string[] {
  const problems: string[] = [];
  const destination = settings.DestinationConfig?.OnFailure?.Destination;
  const parallel = settings.ParallelizationFactor ?? 1;
  if (parallel > 1 && parallel <= 10) {
    problems.push(
      'ParallelizationFactor above 1 is not supported yet: leave it out, or deploy with it and run with 1.',
    );
  }
  if (settings.FilterCriteria?.Filters?.length) {
    problems.push('FilterCriteria is not supported yet: let the function ignore what it does not want.');
  }
  if (destination !== undefined && !/^arn:[\w-]+:s3:::[^/]+$/.test(destination)) {
    problems.push(
      `DestinationConfig.OnFailure.Destination ${destination} is not an S3 bucket's ARN; only S3 works here.`,
    );
  }
  const unknown = settings.FunctionResponseTypes?.filter((type) => type !== 'ReportBatchItemFailures') ?? [];
  if (unknown.length > 0) problems.push(`FunctionResponseTypes knows ReportBatchItemFailures only, not ${unknown}.`);
  return problems;
}

/** A mapping on a plain name stands for the function's unqualified ARN in the stream's account and region. */
function functionArn({ FunctionName, EventSourceArn }: MappingSettings): string {
  if (FunctionName.startsWith('arn:')) return FunctionName;
  const [, partition, , region, account] = EventSourceArn.split(':');
  return `arn:${partition}:lambda:${region}:${account}:function:${FunctionName}`;
}
