import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import type { Construct } from 'constructs';

export interface TableCallOptions {
  readonly tableName: string;
  readonly tableArn: string;
}

/**
 * What CloudFormation cannot say of a table that is not this stack's own: the calls are made while it is deployed, by
 * a function that CDK brings.
 */

/** Connects an imported table to the Kinesis stream, and disconnects it when this stage goes. */
export function connectKinesis(
  scope: Construct,
  { tableName, tableArn, kinesisStreamArn }: TableCallOptions & { readonly kinesisStreamArn: string },
): AwsCustomResource {
  const destination = { TableName: tableName, StreamArn: kinesisStreamArn };
  const precision = { ApproximateCreationDateTimePrecision: 'MICROSECOND' };
  const call = { service: '@aws-sdk/client-dynamodb' };
  const resource = new AwsCustomResource(scope, 'KinesisDestination', {
    resourceType: 'Custom::KinesisDestination',
    ...quietly,
    onCreate: {
      ...call,
      action: 'EnableKinesisStreamingDestination',
      parameters: { ...destination, EnableKinesisStreamingConfiguration: precision },
      physicalResourceId: PhysicalResourceId.of(kinesisStreamArn),
    },
    onDelete: { ...call, action: 'DisableKinesisStreamingDestination', parameters: destination },
    policy: AwsCustomResourcePolicy.fromStatements([
      new PolicyStatement({
        sid: 'Table',
        actions: [
          'dynamodb:DescribeKinesisStreamingDestination',
          'dynamodb:DisableKinesisStreamingDestination',
          'dynamodb:EnableKinesisStreamingDestination',
        ],
        resources: [tableArn],
      }),
      new PolicyStatement({
        sid: 'Stream',
        actions: ['kinesis:DescribeStream', 'kinesis:PutRecord', 'kinesis:PutRecords'],
        resources: [kinesisStreamArn],
      }),
    ]),
  });
  acknowledgeCaller(scope);
  return resource;
}

/** ARN of the stream of a replica, which CloudFormation tells only in the region that has the global table. */
export function streamArnOfReplica(scope: Construct, { tableName, tableArn }: TableCallOptions): string {
  const resource = new AwsCustomResource(scope, 'ReplicaStream', {
    resourceType: 'Custom::ReplicaStream',
    ...quietly,
    onUpdate: {
      service: '@aws-sdk/client-dynamodb',
      action: 'DescribeTable',
      parameters: { TableName: tableName },
      outputPaths: ['Table.LatestStreamArn'],
      physicalResourceId: PhysicalResourceId.of(tableName),
    },
    policy: AwsCustomResourcePolicy.fromStatements([
      new PolicyStatement({ sid: 'Table', actions: ['dynamodb:DescribeTable'], resources: [tableArn] }),
    ]),
  });
  acknowledgeCaller(scope);
  return resource.getResponseField('Table.LatestStreamArn');
}

const quietly = { installLatestAwsSdk: false, logRetention: RetentionDays.ONE_MONTH } as const;

/** One function of CDK makes the calls of a stack. */
function acknowledgeCaller(scope: Construct): void {
  for (const caller of Stack.of(scope).node.children.filter(({ node }) => /^(AWS679|LogRetention)/.test(node.id))) {
    const reasons = {
      'AwsSolutions-IAM4': 'CDK’s own function for deployments writes logs by the policy that AWS keeps for that',
      'AwsSolutions-L1': 'CDK chooses the runtime of its own function',
    };
    for (const [id, reason] of Object.entries(reasons)) Validations.of(caller).acknowledge({ id, reason });
  }
}
