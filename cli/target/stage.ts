import { type VariableSources, variablesFor } from '../../infra/function-variables.ts';
import type { Target, TargetRegion } from '../../shared/operations/target.ts';
import { readConfig } from '../../shared/runtime/config.ts';
import type { ConsumerDefinition } from '../../shared/runtime/consumer-definition.ts';
import { invokedCarrier, operatorClients } from './aws-ports.ts';
import { connectRegion } from './connect.ts';
import { startSearchTunnel } from './search-tunnel.ts';
import { type StageRegion, stageNamed, stageRegions } from './stage-regions.ts';

/**
 * A deployed stage of `infra/config.ts`, as its stacks say that it is, with the credentials that the SDK's usual
 * settings lead to. A search domain is reached through the stage's operator function.
 *
 * @throws {OperatorError} when there is no such stage, or it is not deployed
 */
export async function stageTarget(stage: string): Promise<Target> {
  const regions = await stageRegions(stageNamed(stage));
  return { name: stage, regions: await Promise.all(regions.map(stageRegion)) };
}

async function stageRegion({ region, manifest: written, plan }: StageRegion): Promise<TargetRegion> {
  const { deadLetterQueueUrl, operatorFunction } = written;
  const connected = connectRegion({ region });
  const sources = {
    ...{ plan, deadLetterQueueUrl, codeVersion: 'operator' },
    ...(operatorFunction === undefined ? {} : { searchEndpoint: await searchThrough(operatorFunction, region) }),
  };
  const configOf = (definition: ConsumerDefinition) => readConfig(definition, environmentOf(definition, sources));
  return {
    name: region,
    consumers: plan.consumers,
    failures: connected.objects(plan.names.failuresBucket),
    notices: connected.queue(deadLetterQueueUrl),
    ...connected.ofTable(plan.sourceTable),
    configOf,
    indexAdminOf: (definition) => connected.indexAdminOf(definition, configOf(definition)),
    connectionsOf: (definition) => connected.connectionsOf(definition, configOf(definition)),
    consumerOf: (functionArn) => {
      const [, , , , , , name] = functionArn.split(':');
      return plan.consumers.find((each) => plan.names.function(each.name) === name)?.name;
    },
  };
}

/** Where requests to the region's search domain go. */
async function searchThrough(operatorFunction: string, region: string): Promise<string> {
  return (await startSearchTunnel(invokedCarrier(operatorClients(region).lambda, operatorFunction))).url;
}

function environmentOf(definition: ConsumerDefinition, sources: VariableSources): Record<string, string> {
  return { ...variablesFor(definition, sources), AWS_REGION: sources.plan.region };
}
