import { destinationOf } from './destination.ts';
import { filterCriteriaProblems } from './filters/filter-criteria.ts';
import type { MappingSettings } from './mapping-settings.ts';
import { streamKind } from './stream-kind.ts';
import type { FilterTuning } from './tuning.ts';

/** A field, or a combination, that a mapping cannot have. */
export interface MappingProblem {
  /** Ours: what is wrong and what would be right. */
  readonly reason: string;
  /** In the words of AWS, where they are known; ours otherwise. */
  readonly message: string;
  /** The same within `N validation errors detected`, for a field that breaks a constraint of the API. */
  readonly constraint?: string;
}

const KNOWN = new Set([
  ...['UUID', 'EventSourceArn', 'FunctionName', 'StartingPosition', 'StartingPositionTimestamp', 'BatchSize'],
  ...['MaximumBatchingWindowInSeconds', 'ParallelizationFactor', 'MaximumRetryAttempts', 'MaximumRecordAgeInSeconds'],
  ...['BisectBatchOnFunctionError', 'TumblingWindowInSeconds', 'FunctionResponseTypes', 'DestinationConfig'],
  ...['FilterCriteria', 'Enabled'],
]);

const RANGES = [
  { field: 'BatchSize', low: 1, high: 10_000 },
  { field: 'MaximumBatchingWindowInSeconds', low: 0, high: 300 },
  { field: 'ParallelizationFactor', low: 1, high: 10 },
  { field: 'MaximumRetryAttempts', low: -1, high: 10_000 },
  { field: 'MaximumRecordAgeInSeconds', low: -1, high: 604_800 },
  { field: 'TumblingWindowInSeconds', low: 0, high: 900 },
] as const;

const STREAM_ARN = /^arn:[\w-]+:(dynamodb:[\w-]*:\d*:table\/[^/]+\/stream\/.+|kinesis:[\w-]*:\d*:stream\/.+)$/;
const POSITIONS = ['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP'];

/**
 * Everything wrong with the settings, field by field and together.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
 */
export function mappingProblems(
  settings: MappingSettings,
  { nowMs, filters }: { nowMs: number; filters: FilterTuning },
): readonly MappingProblem[] {
  const kind = streamKind(`${settings.EventSourceArn}`);
  return [
    ...Object.keys(settings)
      .filter((field) => !KNOWN.has(field))
      .map((field) => ours(`${field} is not a field of an event source mapping for a stream.`)),
    ...rangeProblems(settings),
    ...typeProblems(settings),
    ...startProblems(settings, nowMs),
    ...destinationProblems(settings),
    ...combinationProblems(settings),
    ...filterCriteriaProblems(settings.FilterCriteria, { ...filters, kind }),
    ...identityProblems(settings),
  ];
}

function ours(reason: string): MappingProblem {
  return { reason, message: reason };
}

function constraint(field: string, value: unknown, told: { rule: string; reason: string }): MappingProblem {
  const shown = value === undefined || value === null ? 'Value null' : `Value '${value}'`;
  const name = `${field.charAt(0).toLowerCase()}${field.slice(1)}`;
  const text = `${shown} at '${name}' failed to satisfy constraint: ${told.rule}`;
  return { reason: told.reason, message: text, constraint: text };
}

function rangeProblems(settings: MappingSettings): MappingProblem[] {
  const { MaximumRecordAgeInSeconds: age } = settings;
  const problems = RANGES.flatMap(({ field, low, high }) => {
    const value = settings[field];
    if (value === undefined || (Number.isInteger(value) && value >= low && value <= high)) return [];
    const reason = `${field} is ${value}; it must be a whole number from ${low} to ${high}.`;
    if (!Number.isInteger(value)) return [ours(reason)];
    const rule = value < low ? `greater than or equal to ${low}` : `less than or equal to ${high}`;
    return [constraint(field, value, { rule: `Member must have value ${rule}`, reason })];
  });
  if (age !== undefined && age > -1 && age < 60) {
    const reason = `MaximumRecordAgeInSeconds is ${age}; it must be -1 (no limit) or from 60 to 604800.`;
    problems.push(ours(reason));
  }
  return problems;
}

function typeProblems(settings: MappingSettings): MappingProblem[] {
  const flags = (['BisectBatchOnFunctionError', 'Enabled'] as const).flatMap((field) => {
    const value: unknown = settings[field];
    return value === undefined || typeof value === 'boolean'
      ? []
      : [ours(`${field} is ${value}; it must be a boolean.`)];
  });
  const unknown = settings.FunctionResponseTypes?.filter((type) => type !== 'ReportBatchItemFailures') ?? [];
  if (unknown.length === 0) return flags;
  const rule = 'Member must satisfy constraint: [Member must satisfy enum value set: [ReportBatchItemFailures]]';
  const reason = `FunctionResponseTypes knows ReportBatchItemFailures only, not ${unknown}.`;
  return [...flags, constraint('FunctionResponseTypes', `[${settings.FunctionResponseTypes}]`, { rule, reason })];
}

function startProblems(settings: MappingSettings, nowMs: number): MappingProblem[] {
  const { StartingPosition: start, StartingPositionTimestamp: timestamp, EventSourceArn: arn } = settings;
  if (!POSITIONS.includes(start)) {
    const reason = `StartingPosition is ${start}; it must be TRIM_HORIZON, LATEST or, on Kinesis, AT_TIMESTAMP.`;
    const missing = start === undefined || start === null;
    const rule = missing ? 'Member must not be null.' : `Member must satisfy enum value set: [${POSITIONS.join(', ')}]`;
    return [constraint('StartingPosition', start, { rule, reason })];
  }
  if (start !== 'AT_TIMESTAMP') {
    return timestamp ? [ours(`StartingPositionTimestamp goes with AT_TIMESTAMP only, not with ${start}.`)] : [];
  }
  if (streamKind(`${arn}`) === 'dynamodb') return [ours(`Unsupported starting position for arn type: ${arn}`)];
  if (!timestamp) return [ours('StartingPosition AT_TIMESTAMP needs a StartingPositionTimestamp.')];
  return timestamp.getTime() > nowMs ? [ours('StartingPositionTimestamp lies in the future.')] : [];
}

function destinationProblems({ DestinationConfig: config }: MappingSettings): MappingProblem[] {
  if (!config) return [];
  const problems: MappingProblem[] = [];
  if ('OnSuccess' in config && config.OnSuccess !== undefined) {
    const message = 'Unsupported DestinationConfig parameter for given event source mapping type.';
    problems.push({ message, reason: 'DestinationConfig.OnSuccess: a mapping tells of failures only.' });
  }
  const arn = config.OnFailure?.Destination;
  if (arn !== undefined && !destinationOf(arn)) {
    const what = `DestinationConfig.OnFailure.Destination ${arn}`;
    problems.push(ours(`${what} is not the ARN of an S3 bucket, an SQS queue or an SNS topic.`));
  }
  return problems;
}

function combinationProblems(settings: MappingSettings): MappingProblem[] {
  const { TumblingWindowInSeconds: window = 0, ParallelizationFactor: factor = 1 } = settings;
  if (window === 0 || factor === 1) return [];
  return [
    ours('TumblingWindowInSeconds and a ParallelizationFactor above 1 exclude each other: a window has one state.'),
  ];
}

function identityProblems(settings: MappingSettings): MappingProblem[] {
  const problems: MappingProblem[] = [];
  if (!settings.UUID) problems.push(ours('UUID is missing.'));
  if (!settings.FunctionName) problems.push(ours('FunctionName is missing.'));
  if (!STREAM_ARN.test(settings.EventSourceArn)) {
    const what = `EventSourceArn ${settings.EventSourceArn}`;
    problems.push(ours(`${what} is not the ARN of a DynamoDB or Kinesis stream.`));
  }
  return problems;
}
