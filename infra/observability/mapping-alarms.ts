import type { Construct } from 'constructs';
import type { StreamConsumerDefinition } from '../../shared/runtime/consumer-definition.ts';
import type { RegionPlan } from '../region-plan.ts';
import { mappingAlarmInstances } from './alarm-instances.ts';
import { createAlarm } from './create-alarm.ts';

export interface MappingAlarmsProps {
  readonly plan: RegionPlan;
  readonly definition: StreamConsumerDefinition;
  /** UUID of the event source mapping. */
  readonly mappingId: string;
}

/**
 * The alarms of one mapping, in the stack of the mapping: from another stack its id would be an import, and a consumer
 * could not be taken out any more.
 */
export function addMappingAlarms(scope: Construct, { plan, ...mapping }: MappingAlarmsProps): void {
  for (const instance of mappingAlarmInstances(plan, mapping)) createAlarm(scope, instance, plan);
}
