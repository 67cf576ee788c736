import { type Destination, destinationOf } from './destination.ts';
import { compileFilterCriteria } from './filters/filter-criteria.ts';
import type { RecordFilter } from './filters/record-filter.ts';
import { type MappingProblem, mappingProblems } from './mapping-rules.ts';
import type { MappingSettings } from './mapping-settings.ts';
import { streamKind } from './stream-kind.ts';
import type { FilterTuning } from './tuning.ts';

/** {@link MappingSettings} with every default in place and durations in milliseconds. */
export interface MappingConfig {
  readonly uuid: string;
  readonly eventSourceArn: string;
  readonly functionArn: string;
  readonly start: 'TRIM_HORIZON' | 'LATEST' | { readonly timestampMs: number };
  readonly batchSize: number;
  readonly batchingWindowMs: number;
  readonly parallelizationFactor: number;
  /** Infinity for no limit. */
  readonly maximumRetryAttempts: number;
  /** Infinity for no limit. */
  readonly maximumRecordAgeMs: number;
  readonly bisect: boolean;
  /** 0 when off. */
  readonly tumblingWindowMs: number;
  readonly reportBatchItemFailures: boolean;
  readonly destination: Destination | undefined;
  /** Whether a record is for the function; undefined: all are. */
  readonly filter: RecordFilter | undefined;
  readonly enabled: boolean;
}

/** The settings break a rule of Lambda's, or use what is not supported here; `problems` lists all of them. */
export class InvalidMappingError extends Error {
  override readonly name = 'InvalidMappingError';
  readonly problems: readonly string[];
  /** The first problem in the words of AWS. */
  readonly awsMessage: string;
  /** The error of Lambda's API. */
  readonly awsName: 'ValidationException' | 'InvalidParameterValueException';

  constructor(problems: readonly MappingProblem[]) {
    super(`The event source mapping is invalid: ${problems.map(({ reason }) => reason).join(' ')}`);
    this.problems = problems.map(({ reason }) => reason);
    this.awsMessage = awsMessage(problems);
    // A field that is missing was recorded as the latter, whatever its message says.
    const broken = problems.some(({ constraint }) => constraint !== undefined && !constraint.startsWith('Value null'));
    this.awsName = broken ? 'ValidationException' : 'InvalidParameterValueException';
  }
}

/** Broken constraints are told all at once, other problems one by one. */
function awsMessage(problems: readonly MappingProblem[]): string {
  const constraints = problems.flatMap(({ constraint }) => (constraint === undefined ? [] : [constraint]));
  if (constraints.length === 0) return problems[0]?.message ?? '';
  const errors = constraints.length === 1 ? '1 validation error' : `${constraints.length} validation errors`;
  return `${errors} detected: ${constraints.join('; ')}`;
}

/** @throws {InvalidMappingError} naming every field that cannot be used. */
export function checkMapping(settings: MappingSettings, nowMs: number, filters: FilterTuning = {}): MappingConfig {
  const problems = mappingProblems(settings, { nowMs, filters });
  if (problems.length > 0) throw new InvalidMappingError(problems);
  const age = settings.MaximumRecordAgeInSeconds ?? -1;
  const retries = settings.MaximumRetryAttempts ?? -1;
  const destination = settings.DestinationConfig?.OnFailure?.Destination;
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
    parallelizationFactor: settings.ParallelizationFactor ?? 1,
    maximumRetryAttempts: retries < 0 ? Number.POSITIVE_INFINITY : retries,
    maximumRecordAgeMs: age < 0 ? Number.POSITIVE_INFINITY : age * 1000,
    bisect: settings.BisectBatchOnFunctionError ?? false,
    tumblingWindowMs: (settings.TumblingWindowInSeconds ?? 0) * 1000,
    reportBatchItemFailures: settings.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
    destination: destination === undefined ? undefined : destinationOf(destination),
    filter: compileFilterCriteria(settings.FilterCriteria, { ...filters, kind: streamKind(settings.EventSourceArn) }),
    enabled: settings.Enabled ?? true,
  };
}

/** A mapping on a plain name stands for the function's unqualified ARN in the stream's account and region. */
export function functionArn({
  FunctionName,
  EventSourceArn,
}: Pick<MappingSettings, 'FunctionName' | 'EventSourceArn'>): string {
  if (FunctionName.startsWith('arn:')) return FunctionName;
  const [, partition, , region, account] = EventSourceArn.split(':');
  return `arn:${partition}:lambda:${region}:${account}:function:${FunctionName}`;
}
