import { streamRetentionH } from '../../infra/observability/alarm-instances.ts';
import type { Mappings } from '../../shared/operations/mappings.ts';
import { stageMappings as mappingsOf } from '../../shared/operations/stage/stage-mappings.ts';
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
      consumers: plan.consumers.flatMap((definition) => {
        if (!('strategy' in definition)) return [];
        const hours = definition.trigger.kind === 'kinesis' ? plan.config.kinesisRetentionH : streamRetentionH;
        const functionName = plan.names.function(definition.name);
        return [{ consumer: definition.name, functionName, retentionMs: hours * 3_600_000 }];
      }),
    };
  });
  return mappingsOf(regions, systemClock);
}
