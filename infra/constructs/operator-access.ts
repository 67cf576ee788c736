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
  readonly network?: SearchNetwork;
}

/** How `tributary --stage` finds its way: a manifest of what is deployed, and into the VPC of the search domain. */
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

function createOperatorFunction(scope: Construct, { plan, deployed, bundle, network }: OperatorAccessProps): void {
  const { names, config, region } = plan;
  if (network === undefined || deployed.searchEndpoint === undefined) {
    throw new Error('The operator function is in the VPC of a search domain, and there is none.');
  }
  new PipelineFunction(scope, 'OperatorFunction', {
    definition: operatorFunction,
    names,
    bundle,
    environment: { NODE_OPTIONS: '--enable-source-maps', SEARCH_ENDPOINT: deployed.searchEndpoint },
    grants: [
      {
        sid: 'SearchDomain',
        actions: ['es:ESHttpDelete', 'es:ESHttpGet', 'es:ESHttpHead', 'es:ESHttpPost', 'es:ESHttpPut'],
        resources: [`${names.domainArn}/*`],
      },
    ],
    ...protectionOf(config, region),
    network: { vpc: network.vpc, securityGroup: network.functions },
  });
}
