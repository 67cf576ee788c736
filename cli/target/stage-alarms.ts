import type { Alarms } from '../../shared/operations/alarms.ts';
import { stageAlarms as alarmsOf } from '../../shared/operations/stage/stage-alarms.ts';
import { cloudWatchAlarms, operatorClients } from './aws-ports.ts';
import { stageNamed, stageRegions } from './stage-regions.ts';

/** The alarms of a deployed stage, through CloudWatch. */
export async function stageAlarms(stage: string): Promise<Alarms> {
  const regions = await stageRegions(stageNamed(stage));
  const prefix = regions[0]?.plan.names.alarm('') ?? '';
  return alarmsOf(
    regions.map(({ region }) => ({ region, alarms: cloudWatchAlarms(operatorClients(region).cloudWatch) })),
    prefix,
  );
}
