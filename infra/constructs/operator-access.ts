import { Stack } from 'aws-cdk-lib';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { FunctionBundle } from '../function-bundles.ts';
import { type Deployed, hasOperatorFunction, manifestOf, manifestParameter, operatorFunction } from '../manifest.ts';
import { protectionOf } from '../protection.ts';
import type { RegionPlan } from '../region-plan.ts';
import { setLogicalId } from './logical-id.ts';
import { PipelineFunction } from './pipeline-function.ts';
import type { SearchNetwork } from './search-network.ts';

export interface OperatorAccessProps {
  readonly plan: RegionPlan;
  readonly deployed: Deployed;
  readonly bundle: FunctionBundle;
  /** Of the search domain; absent in a stage without search. */
  readonly searchEndpoint?: string;
  /** Absent: the domain is in no VPC. */
  readonly network?: SearchNetwork;
}

/** How `tributary COMMAND --stage NAME` finds its way: a manifest of what is deployed, and who reaches its search. */
export function createOperatorAccess(scope: Construct, props: OperatorAccessProps): void {
  const { plan, deployed } = props;
  const { config } = plan;
  const manifest = new CfnParameter(scope, 'Manifest', {
    name: manifestParameter(config),
    type: 'String',
    description: `What ${plan.names.deployment} is made of in this region, for whoever operates it`,
    value: Stack.of(scope).toJsonString(manifestOf(plan, deployed)),
  });
  setLogicalId(manifest, 'Manifest');
  if (hasOperatorFunction(plan)) createOperatorFunction(scope, props);
}

function createOperatorFunction(scope: Construct, props: OperatorAccessProps): void {
  const { plan, bundle, searchEndpoint, network } = props;
  const { names, config, region } = plan;
  if (searchEndpoint === undefined)
    throw new Error('The operator function reaches a search domain, and there is none.');
  new PipelineFunction(scope, 'OperatorFunction', {
    definition: operatorFunction,
    names,
    bundle,
    environment: { NODE_OPTIONS: '--enable-source-maps', SEARCH_ENDPOINT: searchEndpoint },
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
