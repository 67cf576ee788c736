import { describe, expect, it } from 'vitest';
import { checkMapping, InvalidMappingError } from '../mapping-config.ts';
import { KINESIS_ARN, START_MS, STREAM_ARN } from '../testing/scenario.ts';

/** What Lambda would answer; undefined when the settings are fine. */
function refusal(settings: object): string | undefined {
  const UUID = '00000000-0000-4000-8000-000000000001';
  const minimal = {
    UUID,
    EventSourceArn: STREAM_ARN,
    FunctionName: 'orders',
    StartingPosition: 'TRIM_HORIZON',
  } as const;
  try {
    checkMapping({ ...minimal, ...settings }, START_MS);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidMappingError) return error.awsMessage;
    throw error;
  }
}

const onFailure = (arn: string) => ({ DestinationConfig: { OnFailure: { Destination: arn } } });

describe('settings', () => {
  it.each([0, 1, 59])('[config-record-age-gap] with a record age of %i s are refused', (MaximumRecordAgeInSeconds) => {
    expect(refusal({ MaximumRecordAgeInSeconds })).toContain('must be -1 (no limit) or from 60 to 604800');
    expect(refusal({ MaximumRecordAgeInSeconds: -1 })).toBeUndefined();
    expect(refusal({ MaximumRecordAgeInSeconds: 60 })).toBeUndefined();
  });

  it('[config-starting-position-required] without a StartingPosition are refused as null', () => {
    expect(refusal({ StartingPosition: undefined })).toBe(
      "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: " +
        'Member must not be null.',
    );
  });

  it('[config-timestamp-on-dynamodb] of a DynamoDB stream take no AT_TIMESTAMP', () => {
    const at = { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: new Date(START_MS) };
    expect(refusal(at)).toBe(`Unsupported starting position for arn type: ${STREAM_ARN}`);
    expect(refusal({ ...at, EventSourceArn: KINESIS_ARN })).toBeUndefined();
  });

  it('[config-timestamp-future] take no timestamp that is still to come', () => {
    const at = (timeMs: number) => ({
      ...{ EventSourceArn: KINESIS_ARN, StartingPosition: 'AT_TIMESTAMP' },
      StartingPositionTimestamp: new Date(timeMs),
    });
    expect(refusal(at(START_MS))).toBeUndefined();
    expect(refusal(at(START_MS + 1))).toContain('future');
  });

  it('[config-response-types] know ReportBatchItemFailures as the only response type', () => {
    expect(refusal({ FunctionResponseTypes: ['ReportBatchItemFailures'] })).toBeUndefined();
    expect(refusal({ FunctionResponseTypes: ['ReportEverything'] })).toContain(
      "at 'functionResponseTypes' failed to satisfy constraint: Member must satisfy constraint: " +
        '[Member must satisfy enum value set: [ReportBatchItemFailures]]',
    );
  });

  it('[config-destination-kinds] send failures to a bucket, a queue or a topic', () => {
    for (const arn of ['arn:aws:s3:::failures', 'arn:aws:sqs:eu-west-1:000000000000:failures']) {
      expect(refusal(onFailure(arn))).toBeUndefined();
    }
    expect(refusal(onFailure('arn:aws:sns:eu-west-1:000000000000:failures'))).toBeUndefined();
    expect(refusal(onFailure('arn:aws:lambda:eu-west-1:000000000000:function:failures'))).toContain('is not the ARN');
  });

  it('[config-on-success-refused] have no destination for successes', () => {
    expect(refusal({ DestinationConfig: { OnSuccess: { Destination: 'arn:aws:s3:::successes' } } })).toBe(
      'Unsupported DestinationConfig parameter for given event source mapping type.',
    );
  });

  it('[config-window-parallel-refused] have a tumbling window or several lanes, not both', () => {
    expect(refusal({ TumblingWindowInSeconds: 60, ParallelizationFactor: 2 })).toContain('exclude each other');
    expect(refusal({ TumblingWindowInSeconds: 60, ParallelizationFactor: 1 })).toBeUndefined();
    expect(refusal({ ParallelizationFactor: 10 })).toBeUndefined();
  });
});
