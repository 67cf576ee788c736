import { Stack, Validations } from 'aws-cdk-lib';
import { CfnRole, Role } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { AwsCustomResource, type AwsSdkCall, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import type { Construct } from 'constructs';
import type { Grant } from '../grants.ts';
import { protectionOf, removalPolicyOf } from '../protection.ts';
import type { RegionPlan } from '../region-plan.ts';
import { acknowledgeWildcards, policyDocument } from '../wildcards.ts';

/**
 * Connects an imported table to the Kinesis stream, and disconnects it when this stage goes. CloudFormation does so
 * only for tables of its own.
 */
export function connectKinesis(scope: Construct, plan: RegionPlan): void {
  const { names, sourceTable } = plan;
  const destination = { TableName: sourceTable, StreamArn: names.kinesisStreamArn };
  const precision = { ApproximateCreationDateTimePrecision: 'MICROSECOND' };
  callWhenDeployed(scope, 'KinesisDestination', {
    plan,
    onCreate: {
      service: '@aws-sdk/client-dynamodb',
      action: 'EnableKinesisStreamingDestination',
      parameters: { ...destination, EnableKinesisStreamingConfiguration: precision },
      physicalResourceId: PhysicalResourceId.of(names.kinesisStreamArn),
    },
    onDelete: {
      service: '@aws-sdk/client-dynamodb',
      action: 'DisableKinesisStreamingDestination',
      parameters: destination,
    },
    // See Amazon DynamoDB Developer Guide, "Using IAM for Kinesis Data Streams and DynamoDB".
    grants: [
      {
        sid: 'Table',
        actions: ['dynamodb:DisableKinesisStreamingDestination', 'dynamodb:EnableKinesisStreamingDestination'],
        resources: [names.tableArn(sourceTable)],
      },
      {
        sid: 'Stream',
        actions: ['kinesis:DescribeStream', 'kinesis:PutRecord', 'kinesis:PutRecords'],
        resources: [names.kinesisStreamArn],
      },
    ],
  });
}

/** ARN of the stream of a replica, which CloudFormation tells only in the region that has the global table. */
export function streamArnOfReplica(scope: Construct, plan: RegionPlan): string {
  const { names, sourceTable } = plan;
  const resource = callWhenDeployed(scope, 'ReplicaStream', {
    plan,
    onCreate: {
      service: '@aws-sdk/client-dynamodb',
      action: 'DescribeTable',
      parameters: { TableName: sourceTable },
      outputPaths: ['Table.LatestStreamArn'],
      physicalResourceId: PhysicalResourceId.of(sourceTable),
    },
    grants: [{ sid: 'Table', actions: ['dynamodb:DescribeTable'], resources: [names.tableArn(sourceTable)] }],
  });
  return resource.getResponseField('Table.LatestStreamArn');
}

interface DeploymentCall {
  readonly plan: RegionPlan;
  readonly onCreate: AwsSdkCall;
  readonly onDelete?: AwsSdkCall;
  readonly grants: readonly Grant[];
}

/** Calls AWS while the stack is deployed, with a function that CDK brings and a role of ours. */
function callWhenDeployed(scope: Construct, id: string, call: DeploymentCall): AwsCustomResource {
  const { plan, onCreate, onDelete } = call;
  const functionThing = 'deployment-calls';
  const grants = [
    ...call.grants,
    {
      sid: 'Logs',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [`${plan.names.logGroupArn(functionThing)}:*`],
    },
  ];
  const role = new CfnRole(scope, `${id}Role`, {
    description: `What the deployment of ${plan.names.stack('data')} calls by itself`,
    assumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    policies: [{ policyName: 'calls', policyDocument: policyDocument(grants) }],
  });
  acknowledgeWildcards(role, grants);
  const resource = new AwsCustomResource(scope, id, {
    resourceType: `Custom::${id}`,
    functionName: plan.names.function(functionThing),
    installLatestAwsSdk: false,
    logGroup: new LogGroup(scope, `${id}Logs`, {
      logGroupName: plan.names.logGroup(functionThing),
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: removalPolicyOf(protectionOf(plan.config, plan.region)),
    }),
    role: Role.fromRoleArn(scope, `${id}ExecutionRole`, role.attrArn, { mutable: false }),
    onCreate,
    ...(onDelete === undefined ? {} : { onDelete }),
  });
  const caller = Stack.of(scope).node.children.find(({ node }) => node.id.startsWith('AWS679'));
  if (caller !== undefined) {
    Validations.of(caller).acknowledge({
      id: 'AwsSolutions-L1',
      reason: 'CDK chooses the runtime of its own function',
    });
  }
  return resource;
}
