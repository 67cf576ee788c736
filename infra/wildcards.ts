import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Grant } from './grants.ts';

/** A resource with `*` in it that a role may name, and why it cannot be narrower. */
interface Wildcard {
  readonly resource: RegExp;
  /** Only these: the same resource with another action is refused. */
  readonly actions: RegExp;
  readonly reason: string;
  readonly source: string;
}

const aws = 'https://docs.aws.amazon.com';

/** The closed list: cdk-nag fails the synth for any other wildcard. */
export const wildcards: readonly Wildcard[] = [
  {
    resource: /:log-group:\/aws\/lambda\/[^:*]+:\*$/,
    actions: /^logs:(CreateLogStream|PutLogEvents)$/,
    reason: 'Lambda names the streams of the function’s own log group',
    source: `${aws}/lambda/latest/dg/monitoring-cloudwatchlogs.html`,
  },
  {
    resource: /:table\/[^/*]+\/stream\/\*$/,
    actions: /^dynamodb:(DescribeStream|GetRecords|GetShardIterator|ListStreams)$/,
    reason: 'a stream is labelled with the time of its creation',
    source: `${aws}/amazondynamodb/latest/developerguide/iam-policy-example-lamda-process-dynamodb-streams.html`,
  },
  {
    resource: /:s3:::[^/*]+\/aws\/lambda\/\*$/,
    actions: /^s3:(PutObject|GetObject)$/,
    reason: 'Lambda names failure objects by mapping, shard and time',
    source: `${aws}/lambda/latest/dg/services-dynamodb-errors.html`,
  },
  {
    resource: /:s3:::[^/*]+\/(dead-letters\/([^/*]+\/)?|failure-states\/)?\*$/,
    actions: /^s3:(GetObject|PutObject)$/,
    reason: 'objects are named by the records they hold',
    source: `${aws}/AmazonS3/latest/userguide/security_iam_service-with-iam.html`,
  },
  {
    resource: /:s3:::[^/*]+\/operations\/\*$/,
    actions: /^s3:(GetObject|PutObject)$/,
    reason: 'the progress of a walk through the table is named by its command and its consumer',
    source: `${aws}/AmazonS3/latest/userguide/security_iam_service-with-iam.html`,
  },
  {
    resource: /:es:[^*]+:domain\/[^/*]+\/\*$/,
    actions: /^es:ESHttp(Get|Head|Post|Put|Delete)$/,
    reason: 'paths of the domain are narrowed by its fine-grained access, which the set-up function maps roles to',
    source: `${aws}/opensearch-service/latest/developerguide/ac.html`,
  },
  {
    resource: /:function:[^:*]+-\*$/,
    actions: /^lambda:GetFunctionConfiguration$/,
    reason: 'people look at all functions of the stage',
    source: `${aws}/lambda/latest/dg/lambda-api-permissions-ref.html`,
  },
  {
    resource: /:log-group:\/aws\/lambda\/[^:*]+-\*:\*$/,
    actions: /^logs:FilterLogEvents$/,
    reason: 'people read the logs of all functions of the stage',
    source: `${aws}/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html`,
  },
  {
    resource: /:event-source-mapping:\*$/,
    actions: /^lambda:UpdateEventSourceMapping$/,
    reason: 'mappings have no names; the condition keeps to those of the functions of this stage',
    source: `${aws}/service-authorization/latest/reference/list_awslambda.html`,
  },
  {
    resource: /^\*$/,
    actions: /^(lambda:(Get|List)EventSourceMappings?|cloudwatch:(DescribeAlarms|GetDashboard|GetMetricData))$/,
    reason: 'lists and metrics are not bound to resources; none of it holds data of users',
    source: `${aws}/service-authorization/latest/reference/list_amazoncloudwatch.html`,
  },
  {
    resource: /^\*$/,
    actions: /^(ses:GetAccount|lambda:GetAccountSettings)$/,
    reason: 'neither service defines a resource for what it tells of the account',
    source: `${aws}/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html`,
  },
  {
    resource: /^\*$/,
    actions: /^ec2:(CreateNetworkInterface|DescribeNetworkInterfaces|DescribeSubnets|DeleteNetworkInterface)$/,
    reason: 'Lambda makes the network interfaces of a function in a VPC with its role',
    source: `${aws}/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions`,
  },
];

/** Statements as the JSON of a policy. */
export function policyDocument(grants: readonly Grant[]): object {
  return {
    Version: '2012-10-17',
    Statement: grants.map(({ sid, actions, resources, conditions }) => ({
      Sid: sid,
      Effect: 'Allow',
      Action: [...actions].sort(),
      Resource: resources,
      ...(conditions === undefined ? {} : { Condition: conditions }),
    })),
  };
}

/** Tells cdk-nag of the wildcards that the closed list allows, one by one and each with its reason. */
export function acknowledgeWildcards(scope: IConstruct, grants: readonly Grant[]): void {
  for (const { actions, resources } of grants) {
    for (const resource of resources.map((each) => flat(Stack.of(scope).resolve(each)))) {
      const allowed = wildcards.find(
        (wildcard) => wildcard.resource.test(resource) && actions.every((action) => wildcard.actions.test(action)),
      );
      if (allowed === undefined) continue;
      Validations.of(scope).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${resource}]`,
        reason: `${allowed.reason}: ${allowed.source}`,
      });
    }
  }
}

/** As cdk-nag writes it: references in angle brackets. */
export function flat(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if ('Ref' in value) return `<${String(value.Ref)}>`;
  if ('Fn::GetAtt' in value && Array.isArray(value['Fn::GetAtt'])) return `<${value['Fn::GetAtt'].join('.')}>`;
  if ('Fn::Join' in value && Array.isArray(value['Fn::Join'])) {
    const [separator, parts] = value['Fn::Join'] as [string, unknown[]];
    return parts.map(flat).join(separator);
  }
  return JSON.stringify(value);
}
