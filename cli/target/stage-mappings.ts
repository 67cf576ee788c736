import type { RegionPlan } from '../../infra/region-plan.ts';
import type { Mappings } from '../../shared/operations/mappings.ts';
import { type MappedFunction, stageMappings as mappingsOf } from '../../shared/operations/stage/stage-mappings.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { cloudWatchMetrics, lambdaMappings, operatorClients } from './aws-ports.ts';
import { stageNamed, stageRegions } from './stage-regions.ts';

/** The mappings of a deployed stage, through Lambda and CloudWatch. */
export async function stageMappings(stage: string): Promise<Mappings> {
  const regions = (await stageRegions(stageNamed(stage))).map(({ region, plan }) => {
    const { lambda, cloudWatch } = operatorClients(region);
    return {
      region,
      mappings: lambdaMappings(lambda),
      metrics: cloudWatchMetrics(cloudWatch, systemClock.nowMs),
      consumers: mappedFunctions(plan),
    };
  });
  return mappingsOf(regions, systemClock);
}

/** The functions of a region that have a mapping, and how long each lets a record wait. */
export function mappedFunctions({ consumers, names }: RegionPlan): readonly MappedFunction[] {
  return consumers.flatMap((definition) => {
    if (!('strategy' in definition)) return [];
    const recordAgeMaxMs = definition.trigger.mapping.maximumRecordAgeS * 1000;
    return [{ consumer: definition.name, functionName: names.function(definition.name), recordAgeMaxMs }];
  });
}
