import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { StreamConsumerDefinition } from '../../shared/runtime/consumer-definition.ts';
import { type Grant, sidOf } from '../grants.ts';
import { setLogicalId } from './logical-id.ts';
import { PipelineFunction, type PipelineFunctionProps } from './pipeline-function.ts';

export interface StreamConsumerProps extends PipelineFunctionProps {
  readonly definition: StreamConsumerDefinition;
  readonly source: RecordSource;
  /** Of the bucket that gets what the mapping gives up on, in the function's account. */
  readonly failuresBucketArn: string;
  readonly account: string;
}

/** What a mapping reads. */
export interface RecordSource {
  /** ARN of a DynamoDB stream, a Kinesis stream or one of its registered consumers. */
  readonly arn: string;
  readonly grants: readonly Grant[];
}

/** A function behind an event source mapping with every setting of its definition. */
export class StreamConsumer extends Construct {
  readonly pipelineFunction: PipelineFunction;
  readonly mapping: CfnEventSourceMapping;

  constructor(scope: Construct, id: string, props: StreamConsumerProps) {
    super(scope, id);
    const { definition, source, failuresBucketArn } = props;
    const { mapping } = definition.trigger;
    this.pipelineFunction = new PipelineFunction(this, 'Pipeline', {
      ...props,
      grants: [...props.grants, ...source.grants, ...failureDestinationGrants(props)],
    });
    this.mapping = new CfnEventSourceMapping(this, 'Mapping', {
      functionName: this.pipelineFunction.function.functionName,
      eventSourceArn: source.arn,
      startingPosition: mapping.startingPosition,
      batchSize: mapping.batchSize,
      maximumBatchingWindowInSeconds: mapping.maximumBatchingWindowS,
      parallelizationFactor: mapping.parallelizationFactor,
      tumblingWindowInSeconds: mapping.tumblingWindowS,
      maximumRetryAttempts: mapping.maximumRetryAttempts,
      maximumRecordAgeInSeconds: mapping.maximumRecordAgeS,
      bisectBatchOnFunctionError: mapping.bisectBatchOnFunctionError,
      functionResponseTypes: ['ReportBatchItemFailures'],
      destinationConfig: { onFailure: { destination: failuresBucketArn } },
      metricsConfig: { metrics: ['EventCount'] },
    });
    setLogicalId(this.mapping, `Mapping${sidOf(definition.name)}`);
  }
}

/**
 * What Lambda needs to put a failure object, with the function's role. CDK's own grant would add reading and deleting.
 * Lambda asks for leave to list the bucket and does not say with which prefix: a condition on one could refuse it.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
function failureDestinationGrants({ failuresBucketArn, account }: StreamConsumerProps): Grant[] {
  const conditions = { StringEquals: { 's3:ResourceAccount': account } };
  return [
    { sid: 'FailureObjects', actions: ['s3:PutObject'], resources: [`${failuresBucketArn}/aws/lambda/*`], conditions },
    { sid: 'FailuresBucket', actions: ['s3:ListBucket'], resources: [failuresBucketArn], conditions },
  ];
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-create-package.html */
export function dynamoDbStream(streamArn: string, tableArn: string): RecordSource {
  return {
    arn: streamArn,
    grants: [
      {
        sid: 'ReadStream',
        actions: [
          'dynamodb:DescribeStream',
          'dynamodb:GetRecords',
          'dynamodb:GetShardIterator',
          'dynamodb:ListStreams',
        ],
        resources: [`${tableArn}/stream/*`],
      },
    ],
  };
}

/**
 * @param consumerArn of the registered consumer, where the function has read throughput of its own
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html
 */
export function kinesisStream(streamArn: string, consumerArn?: string): RecordSource {
  const shared = {
    sid: 'ReadStream',
    actions: [
      'kinesis:DescribeStream',
      'kinesis:DescribeStreamSummary',
      'kinesis:GetRecords',
      'kinesis:GetShardIterator',
      'kinesis:ListShards',
    ],
    resources: [streamArn],
  };
  if (consumerArn === undefined) return { arn: streamArn, grants: [shared] };
  const own = {
    sid: 'ReadAsConsumer',
    actions: ['kinesis:DescribeStreamConsumer', 'kinesis:SubscribeToShard'],
    resources: [consumerArn],
  };
  return { arn: consumerArn, grants: [shared, own] };
}
