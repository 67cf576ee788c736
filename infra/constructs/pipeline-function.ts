import { Duration } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import { CfnRole, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionDefinition } from '../../shared/runtime/consumer-definition.ts';
import type { FunctionBundle } from '../function-bundles.ts';
import { type Grant, sidOf } from '../grants.ts';
import type { Names } from '../names.ts';
import { removalPolicyOf } from '../protection.ts';
import { acknowledgeWildcards, policyDocument } from '../wildcards.ts';
import { setLogicalId } from './logical-id.ts';

export interface PipelineFunctionProps {
  readonly definition: Pick<FunctionDefinition, 'name' | 'summary' | 'timeoutS' | 'memoryMb'>;
  readonly names: Names;
  readonly bundle: FunctionBundle;
  readonly environment: Readonly<Record<string, string>>;
  readonly grants: readonly Grant[];
  readonly removal: 'retain' | 'destroy';
  /** Customer key for variables and logs. */
  readonly keyArn?: string;
  /** Absent: outside any VPC. */
  readonly network?: FunctionNetwork;
}

export interface FunctionNetwork {
  readonly vpc: IVpc;
  readonly securityGroup: ISecurityGroup;
}

/** A function, its log group and a role that may do what its grants say, and nothing else. */
export class PipelineFunction extends Construct {
  readonly role: CfnRole;
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: PipelineFunctionProps) {
    super(scope, id);
    const { definition, names, keyArn, network } = props;
    const key = keyArn === undefined ? {} : { encryptionKey: Key.fromKeyArn(this, 'Key', keyArn) };
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: names.logGroup(definition.name),
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: removalPolicyOf(props),
      ...key,
    });
    this.role = createRole(this, props);
    this.function = new LambdaFunction(this, 'Function', {
      functionName: names.function(definition.name),
      description: definition.summary,
      code: Code.fromAsset(props.bundle.folder),
      handler: 'index.handler',
      // The newest that CDK knows; the same major version runs the tests.
      runtime: Runtime.NODEJS_LATEST,
      architecture: Architecture.ARM_64,
      memorySize: definition.memoryMb,
      timeout: Duration.seconds(definition.timeoutS),
      environment: { ...props.environment },
      logGroup,
      role: Role.fromRoleArn(this, 'ExecutionRole', this.role.attrArn, { mutable: false }),
      ...(keyArn === undefined ? {} : { environmentEncryption: key.encryptionKey }),
      ...(network === undefined
        ? {}
        : {
            vpc: network.vpc,
            vpcSubnets: { subnets: network.vpc.isolatedSubnets },
            securityGroups: [network.securityGroup],
          }),
    });
    setLogicalId(this.function, `Function${sidOf(definition.name)}`);
  }
}

function createRole(scope: Construct, { definition, names, grants, network }: PipelineFunctionProps): CfnRole {
  const all = [
    ...grants,
    {
      sid: 'Logs',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [`${names.logGroupArn(definition.name)}:*`],
    },
    ...(network === undefined ? [] : [networkGrant]),
  ];
  const role = new CfnRole(scope, 'Role', {
    roleName: names.role(definition.name),
    description: `What ${names.function(definition.name)} may do`,
    assumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    policies: [{ policyName: 'pipeline', policyDocument: policyDocument(all) }],
  });
  acknowledgeWildcards(role, all);
  return role;
}

/** @see Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC" */
const networkGrant: Grant = {
  sid: 'NetworkInterfaces',
  actions: [
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
  ],
  resources: ['*'],
};
