import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { registry } from '../../functions/registry.ts';
import { table } from '../../functions/table.ts';
import { chooseStage } from '../../infra/choose-stage.ts';
import { stages } from '../../infra/config.ts';
import { ConfigError } from '../../infra/config-error.ts';
import { type Manifest, manifestParameter } from '../../infra/manifest.ts';
import { planRegion, type RegionPlan } from '../../infra/region-plan.ts';
import type { StageConfig } from '../../infra/stage-config.ts';
import { OperatorError } from '../../shared/operations/target.ts';

/** One region of a deployed stage: what its stack wrote down, and the plan that follows from it. */
export interface StageRegion {
  readonly region: string;
  readonly manifest: Manifest;
  readonly plan: RegionPlan;
}

/** Reads one parameter; undefined when there is none. */
export type ReadParameter = (where: { readonly region: string; readonly name: string }) => Promise<string | undefined>;

/** @throws {OperatorError} naming the stages that there are */
export function stageNamed(stage: string, known: readonly StageConfig[] = stages): StageConfig {
  try {
    return chooseStage(known, stage);
  } catch (error) {
    if (error instanceof ConfigError) throw new OperatorError(error.message);
    throw error;
  }
}

/**
 * The regions of a stage of `infra/config.ts`, each as its stack says that it is.
 *
 * @throws {OperatorError} for a stage that is not in the configuration, or is not deployed
 */
export async function stageRegions(
  config: StageConfig,
  read: ReadParameter = systemsManager,
): Promise<readonly StageRegion[]> {
  return Promise.all(config.regions.map((region) => stageRegion(config, region, read)));
}

async function stageRegion(config: StageConfig, region: string, read: ReadParameter): Promise<StageRegion> {
  const name = manifestParameter(config);
  const text = await read({ region, name });
  if (text === undefined) {
    throw new OperatorError(
      `${config.stage} is not deployed in ${region}: there is no parameter ${name}. ` +
        'Deploy it with `npm run deploy`, or look at AWS_PROFILE: is this its account?',
    );
  }
  const manifest = JSON.parse(text) as Manifest;
  if (manifest.format !== 1) {
    throw new OperatorError(`The manifest in ${region} has format ${manifest.format}: check out what is deployed.`);
  }
  const { account, partition } = manifest;
  const plan = planRegion(config, { house: { table, registry }, place: { region, account, partition } });
  return { region, manifest, plan };
}

const systemsManager: ReadParameter = async ({ region, name: Name }) => {
  const client = new SSMClient({ region });
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name }));
    return Parameter?.Value;
  } catch (error) {
    if (error instanceof Error && error.name === 'ParameterNotFound') return undefined;
    const reason = error instanceof Error ? error.message : String(error);
    throw new OperatorError(`The manifest ${Name} cannot be read in ${region}: ${reason}`);
  } finally {
    client.destroy();
  }
};
