import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { registry } from '../../functions/registry.ts';
import { table } from '../../functions/table.ts';
import { chooseStage } from '../../infra/choose-stage.ts';
import { stages } from '../../infra/config.ts';
import { ConfigError } from '../../infra/config-error.ts';
import { variablesFor } from '../../infra/function-variables.ts';
import { namesOf } from '../../infra/names.ts';
import { planRegion, type RegionPlan } from '../../infra/region-plan.ts';
import type { StageConfig } from '../../infra/stage-config.ts';
import { OperatorError, type Target, type TargetRegion } from '../../shared/operations/target.ts';
import { readConfig } from '../../shared/runtime/config.ts';
import type { ConsumerDefinition } from '../../shared/runtime/consumer-definition.ts';
import { connectRegion } from './connect.ts';

/**
 * A deployed stage, from `infra/config.ts` and the names that follow from it, with the credentials that the SDK's usual
 * settings lead to. A search domain is known by no name, only by the endpoint that AWS gave it: `SEARCH_ENDPOINT` tells
 * it, and one in a VPC answers from within only.
 *
 * @throws {OperatorError} when there is no such stage, or AWS does not say whose account it is
 */
export async function stageTarget(stage: string): Promise<Target> {
  const config = stageNamed(stage);
  return { name: stage, regions: await Promise.all(config.regions.map((region) => stageRegion(config, region))) };
}

function stageNamed(stage: string): StageConfig {
  try {
    return chooseStage(stages, ['--stage', stage]);
  } catch (error) {
    if (error instanceof ConfigError) throw new OperatorError(error.message);
    throw error;
  }
}

async function stageRegion(config: StageConfig, region: string): Promise<TargetRegion> {
  const connected = connectRegion({ region });
  const unplaced = namesOf(config, { region, account: '', partition: 'aws' });
  const [, partition = '', , , account = ''] = (await tableArn(connected, unplaced.sourceTable(table.name))).split(':');
  const plan = planRegion(config, { house: { table, registry }, place: { region, account, partition } });
  const queueUrl = `https://sqs.${region}.amazonaws.com/${account}/${plan.names.deadLetterQueue}`;
  const configOf = (definition: ConsumerDefinition) =>
    readConfig(definition, environmentOf(definition, { plan, queueUrl }));
  return {
    name: region,
    consumers: plan.consumers,
    failures: connected.objects(plan.names.failuresBucket),
    notices: connected.queue(queueUrl),
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

function environmentOf(
  definition: ConsumerDefinition,
  { plan, queueUrl }: { readonly plan: RegionPlan; readonly queueUrl: string },
): Record<string, string> {
  const searchEndpoint = process.env.SEARCH_ENDPOINT;
  return {
    ...variablesFor(definition, {
      plan,
      codeVersion: 'operator',
      deadLetterQueueUrl: queueUrl,
      ...(searchEndpoint === undefined ? {} : { searchEndpoint }),
    }),
    AWS_REGION: plan.region,
  };
}

/** The account is nowhere in the configuration, and names of buckets have it in them. */
async function tableArn({ client }: ReturnType<typeof connectRegion>, TableName: string): Promise<string> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    return Table?.TableArn ?? '';
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OperatorError(`The stage's table ${TableName} cannot be described: ${reason}`);
  }
}
