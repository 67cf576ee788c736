import { CustomResource } from 'aws-cdk-lib';
import { CfnRole, Role } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { searchIndexFor } from '../../shared/sinks/search-index/resources.ts';
import type { FunctionBundle } from '../function-bundles.ts';
import type { Grant } from '../grants.ts';
import { hasOperatorFunction, operatorFunction, operatorPermissions } from '../manifest.ts';
import { protectionOf, removalPolicyOf } from '../protection.ts';
import type { RegionPlan } from '../region-plan.ts';
import { acknowledgeWildcards, policyDocument } from '../wildcards.ts';
import { PipelineFunction } from './pipeline-function.ts';
import type { SearchDomain } from './search-domain.ts';
import type { SearchNetwork } from './search-network.ts';

/** The function of this folder sets the domain up. */
export const searchSetup = {
  name: 'search-setup',
  summary: 'Makes the search index and its alias, and maps roles to what they need in the domain',
  // It waits ten minutes for a new domain to take it for its master.
  timeoutS: 900,
  memoryMb: 512,
} as const;

export interface SearchSetupProps {
  readonly plan: RegionPlan;
  readonly bundle: FunctionBundle;
  readonly network?: SearchNetwork;
}

/** The function that may map roles: it comes before the domain, whose master it is. */
export class SearchSetup extends Construct {
  private readonly pipelineFunction: PipelineFunction;
  private readonly plan: RegionPlan;

  constructor(scope: Construct, id: string, { plan, bundle, network }: SearchSetupProps) {
    super(scope, id);
    const { names, config, region } = plan;
    this.plan = plan;
    this.pipelineFunction = new PipelineFunction(this, 'Pipeline', {
      definition: searchSetup,
      names,
      bundle,
      environment: { NODE_OPTIONS: '--enable-source-maps' },
      grants: [
        {
          sid: 'SearchDomain',
          actions: ['es:ESHttpDelete', 'es:ESHttpGet', 'es:ESHttpHead', 'es:ESHttpPost', 'es:ESHttpPut'],
          resources: [`${names.domainArn}/*`],
        },
      ],
      ...protectionOf(config, region),
      ...(network === undefined ? {} : { network: { vpc: network.vpc, securityGroup: network.functions } }),
    });
  }

  get roleArn(): string {
    return this.pipelineFunction.role.attrArn;
  }

  /** Runs when the domain is new, and again when the index or a role changes. */
  run({ endpoint }: SearchDomain): void {
    const { plan } = this;
    const { config, consumers, names, table } = plan;
    const roleOf = (Name: string, Permissions: object) => ({ Name, RoleArn: names.roleArn(Name), Permissions });
    new CustomResource(this, 'Run', {
      serviceToken: this.provider().serviceToken,
      resourceType: 'Custom::SearchSetup',
      properties: {
        Endpoint: endpoint,
        Replicas: config.search.kind === 'domain' && config.search.dataNodes > 1 ? '1' : '0',
        Definition: JSON.stringify(searchIndexFor(table)),
        Roles: [
          ...consumers.flatMap(({ name, uses }) =>
            uses.flatMap((use) => (use.kind === 'searchIndex' ? [roleOf(name, use.permissions)] : [])),
          ),
          ...(hasOperatorFunction(plan) ? [roleOf(operatorFunction.name, operatorPermissions)] : []),
        ],
      },
    });
  }

  private provider(): Provider {
    const { names, config, region } = this.plan;
    const frameworkName = `${searchSetup.name}-provider`;
    const logGroup = new LogGroup(this, 'ProviderLogs', {
      logGroupName: names.logGroup(frameworkName),
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: removalPolicyOf(protectionOf(config, region)),
    });
    const grants: readonly Grant[] = [
      {
        sid: 'Invoke',
        actions: ['lambda:GetFunction', 'lambda:InvokeFunction'],
        resources: [names.functionArn(searchSetup.name)],
      },
      {
        sid: 'Logs',
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [`${names.logGroupArn(frameworkName)}:*`],
      },
    ];
    const role = new CfnRole(this, 'ProviderRole', {
      description: `Invokes ${names.function(searchSetup.name)} for CloudFormation`,
      assumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
      policies: [{ policyName: 'invoke', policyDocument: policyDocument(grants) }],
    });
    acknowledgeWildcards(role, grants);
    return new Provider(this, 'Provider', {
      onEventHandler: this.pipelineFunction.function,
      providerFunctionName: names.function(frameworkName),
      frameworkOnEventRole: Role.fromRoleArn(this, 'ProviderExecutionRole', role.attrArn, { mutable: false }),
      logGroup,
    });
  }
}
