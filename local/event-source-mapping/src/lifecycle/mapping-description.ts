import { functionArn } from '../mapping-config.ts';
import type { MappingSettings } from '../mapping-settings.ts';

export type MappingState = 'Creating' | 'Enabling' | 'Enabled' | 'Disabling' | 'Disabled' | 'Updating' | 'Deleting';

/**
 * A mapping as the API tells of it.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html
 */
export interface MappingDescription extends Required<Omit<MappingSettings, OptionalFields | 'FunctionName'>> {
  readonly EventSourceMappingArn: string;
  readonly FunctionArn: string;
  readonly StartingPositionTimestamp?: Date;
  /** Absent when there are no filters, also when an empty list was given. */
  readonly FilterCriteria?: MappingSettings['FilterCriteria'];
  readonly State: MappingState;
  readonly StateTransitionReason: string;
  /** `No records processed`, `OK`, or `PROBLEM: Function call failed` after the newest invocation. */
  readonly LastProcessingResult: string;
  readonly LastModified: Date;
}

type OptionalFields = 'Enabled' | 'StartingPositionTimestamp' | 'FilterCriteria';

export interface MappingFacts {
  readonly state: MappingState;
  readonly reason: string;
  readonly lastResult: string;
  readonly lastModifiedMs: number;
}

export function describeMapping(settings: MappingSettings, facts: MappingFacts): MappingDescription {
  const { UUID, EventSourceArn, StartingPosition, StartingPositionTimestamp: timestamp, FilterCriteria } = settings;
  const [, partition, , region, account] = EventSourceArn.split(':');
  return {
    UUID,
    StartingPosition,
    ...(timestamp ? { StartingPositionTimestamp: timestamp } : {}),
    BatchSize: settings.BatchSize ?? 100,
    MaximumBatchingWindowInSeconds: settings.MaximumBatchingWindowInSeconds ?? 0,
    ParallelizationFactor: settings.ParallelizationFactor ?? 1,
    EventSourceArn,
    ...(FilterCriteria?.Filters?.length ? { FilterCriteria } : {}),
    FunctionArn: functionArn(settings),
    LastModified: new Date(facts.lastModifiedMs),
    LastProcessingResult: facts.lastResult,
    State: facts.state,
    StateTransitionReason: facts.reason,
    DestinationConfig: settings.DestinationConfig ?? { OnFailure: {} },
    MaximumRecordAgeInSeconds: settings.MaximumRecordAgeInSeconds ?? -1,
    BisectBatchOnFunctionError: settings.BisectBatchOnFunctionError ?? false,
    MaximumRetryAttempts: settings.MaximumRetryAttempts ?? -1,
    TumblingWindowInSeconds: settings.TumblingWindowInSeconds ?? 0,
    FunctionResponseTypes: settings.FunctionResponseTypes ?? [],
    EventSourceMappingArn: `arn:${partition}:lambda:${region}:${account}:event-source-mapping:${UUID}`,
  };
}
