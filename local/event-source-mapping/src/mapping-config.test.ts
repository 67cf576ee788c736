import { describe, expect, it } from 'vitest';
import { checkMapping, InvalidMappingError } from './mapping-config.ts';
import type { MappingSettings } from './mapping-settings.ts';
import { KINESIS_ARN, START_MS, STREAM_ARN } from './testing/scenario.ts';

const minimal: MappingSettings = {
  UUID: '00000000-0000-4000-8000-000000000001',
  EventSourceArn: STREAM_ARN,
  FunctionName: 'orders',
  StartingPosition: 'TRIM_HORIZON',
};

function problemsOf(settings: object): readonly string[] {
  try {
    checkMapping({ ...minimal, ...settings }, START_MS);
    return [];
  } catch (error) {
    if (error instanceof InvalidMappingError) return error.problems;
    throw error;
  }
}

describe('checkMapping', () => {
  it('[config-defaults] fills in the defaults of Lambda', () => {
    expect(checkMapping(minimal, START_MS)).toEqual({
      uuid: minimal.UUID,
      eventSourceArn: STREAM_ARN,
      functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:orders',
      start: 'TRIM_HORIZON',
      batchSize: 100,
      batchingWindowMs: 0,
      maximumRetryAttempts: Number.POSITIVE_INFINITY,
      maximumRecordAgeMs: Number.POSITIVE_INFINITY,
      bisect: false,
      tumblingWindowMs: 0,
      reportBatchItemFailures: false,
      parallelizationFactor: 1,
      destination: undefined,
      filter: undefined,
      enabled: true,
    });
  });

  it.each([
    { BatchSize: 10_000 },
    { BatchSize: 100, MaximumBatchingWindowInSeconds: 0 },
    { MaximumBatchingWindowInSeconds: 300 },
    { MaximumRetryAttempts: -1 },
    { MaximumRetryAttempts: 0 },
    { MaximumRecordAgeInSeconds: -1 },
    { MaximumRecordAgeInSeconds: 60 },
    { MaximumRecordAgeInSeconds: 604_800 },
    { TumblingWindowInSeconds: 900 },
    { FilterCriteria: { Filters: [] } },
    { DestinationConfig: { OnFailure: {} } },
    { EventSourceArn: KINESIS_ARN, StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: new Date(START_MS) },
  ])('[config-ranges] [config-large-batch-without-window] accepts %j', (settings) => {
    expect(problemsOf(settings)).toEqual([]);
  });

  it.each([
    [{ BatchSize: 0 }, 'BatchSize is 0; it must be a whole number from 1 to 10000.'],
    [{ BatchSize: 10_001 }, 'BatchSize'],
    [{ BatchSize: 1.5 }, 'BatchSize'],
    [{ MaximumBatchingWindowInSeconds: 301 }, 'MaximumBatchingWindowInSeconds'],
    [{ MaximumBatchingWindowInSeconds: 0.5 }, 'MaximumBatchingWindowInSeconds'],
    [{ MaximumRetryAttempts: -2 }, 'MaximumRetryAttempts'],
    [{ MaximumRetryAttempts: 10_001 }, 'MaximumRetryAttempts'],
    [{ MaximumRecordAgeInSeconds: 0 }, 'must be -1 (no limit) or from 60 to 604800'],
    [{ MaximumRecordAgeInSeconds: 59 }, 'must be -1 (no limit) or from 60 to 604800'],
    [{ MaximumRecordAgeInSeconds: 604_801 }, 'MaximumRecordAgeInSeconds'],
    [{ TumblingWindowInSeconds: 901 }, 'TumblingWindowInSeconds'],
    [{ ParallelizationFactor: 11 }, 'from 1 to 10'],
    [{ ParallelizationFactor: 2, TumblingWindowInSeconds: 60 }, 'exclude each other'],
    [{ FilterCriteria: { Filters: [{ Pattern: '{}' }] } }, 'Filter 1'],
    [{ FunctionResponseTypes: ['Everything'] }, 'FunctionResponseTypes knows ReportBatchItemFailures only'],
    [
      { DestinationConfig: { OnFailure: { Destination: 'arn:aws:kafka:eu-west-1:000000000000:q' } } },
      'is not the ARN of an S3',
    ],
    [{ StartingPosition: undefined }, 'StartingPosition is undefined'],
    [{ StartingPosition: 'AT_TIMESTAMP' }, `Unsupported starting position for arn type: ${STREAM_ARN}`],
    [{ EventSourceArn: KINESIS_ARN, StartingPosition: 'AT_TIMESTAMP' }, 'needs a StartingPositionTimestamp'],
    [{ StartingPositionTimestamp: new Date(START_MS) }, 'goes with AT_TIMESTAMP only'],
    [
      {
        EventSourceArn: KINESIS_ARN,
        StartingPosition: 'AT_TIMESTAMP',
        StartingPositionTimestamp: new Date(START_MS + 1),
      },
      'lies in the future',
    ],
    [{ EventSourceArn: 'arn:aws:sqs:eu-west-1:000000000000:queue' }, 'is not the ARN of a DynamoDB or Kinesis stream'],
    [{ UUID: '' }, 'UUID is missing'],
    [{ FunctionName: '' }, 'FunctionName is missing'],
    [{ BatchWindow: 5 }, 'BatchWindow is not a field'],
  ])('[config-ranges] [config-starting-position] refuses %j and says why', (settings, reason) => {
    expect(problemsOf(settings)).toEqual([expect.stringContaining(reason)]);
  });

  it('[config-all-problems] names every problem at once', () => {
    expect(problemsOf({ BatchSize: 0, UUID: '' })).toHaveLength(2);
  });
});
