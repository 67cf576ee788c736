import type { DiscardCondition } from './batch-run.ts';
import type { Destination } from './destination.ts';
import type { MappingEvent } from './event.ts';
import type { MappingConfig } from './mapping-config.ts';
import type { Source, SourceRecord } from './source.ts';

interface DocumentFor {
  /** JSON text, exactly as Lambda writes it. */
  readonly body: string;
  readonly shardId: string;
  readonly recordCount: number;
}

/** An object for the on-failure bucket; the `payload` of its body is the whole event, as a JSON string. */
export interface S3Delivery extends DocumentFor {
  readonly kind: 's3';
  readonly bucketArn: string;
  readonly key: string;
}

/** A message for the on-failure queue or topic: it says where the records are and does not contain them. */
export interface MessageDelivery extends DocumentFor {
  readonly kind: 'sqs' | 'sns';
  readonly targetArn: string;
}

export type FailureDelivery = S3Delivery | MessageDelivery;

export interface GivenUp {
  readonly shardId: string;
  readonly records: readonly SourceRecord[];
  readonly condition: DiscardCondition;
  readonly invokeCount: number;
  readonly failureCause?: 'functionError' | 'response';
  readonly event: MappingEvent;
  /** Of the last invocation. */
  readonly requestId: string;
  readonly objectId: string;
  readonly nowMs: number;
}

/**
 * The document of one discarded batch: to a bucket with its records, to a queue or a topic without.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export function failureDelivery(
  { config, source, destination }: { config: MappingConfig; source: Source; destination: Destination },
  givenUp: GivenUp,
): FailureDelivery {
  const { shardId, records, condition, invokeCount, failureCause, requestId, nowMs } = givenUp;
  const timestamp = new Date(nowMs).toISOString();
  const responseContext = failureCause && {
    statusCode: 200,
    executedVersion: '$LATEST',
    functionError: failureCause === 'functionError' ? 'Unhandled' : null,
  };
  const document = {
    requestContext: { requestId, functionArn: config.functionArn, condition, approximateInvokeCount: invokeCount },
    ...(responseContext ? { responseContext } : {}),
    version: '1.0',
    timestamp,
    [source.kind === 'dynamodb' ? 'DDBStreamBatchInfo' : 'KinesisBatchInfo']: {
      shardId,
      startSequenceNumber: records[0]?.sequenceNumber,
      endSequenceNumber: records.at(-1)?.sequenceNumber,
      approximateArrivalOfFirstRecord: arrivalText(source, records[0]),
      approximateArrivalOfLastRecord: arrivalText(source, records.at(-1)),
      batchSize: records.length,
      streamArn: source.arn,
    },
  };
  const common = { shardId, recordCount: records.length };
  const { kind, arn } = destination;
  if (kind !== 's3') return { kind, targetArn: arn, body: JSON.stringify(document), ...common };
  const day = timestamp.slice(0, 10);
  const second = timestamp.slice(0, 19).replaceAll(':', '.');
  return {
    kind,
    bucketArn: arn,
    key: `aws/lambda/${config.uuid}/${shardId}/${day.replaceAll('-', '/')}/${second}-${givenUp.objectId}`,
    body: JSON.stringify({ ...document, payload: JSON.stringify(givenUp.event) }),
    ...common,
  };
}

/** Lambda writes arrival times in seconds for DynamoDB and in milliseconds for Kinesis. */
function arrivalText(source: Source, record: SourceRecord | undefined): string | undefined {
  const text = record && new Date(record.arrivalMs).toISOString();
  return source.kind === 'dynamodb' ? text?.replace(/\.\d+Z$/, 'Z') : text;
}
