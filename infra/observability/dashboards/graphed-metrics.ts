import { recordAgeHOf } from '../../../shared/runtime/alarms/alarm-definition.ts';
import { type ConsumerDefinition, isStreamConsumer } from '../../../shared/runtime/consumer-definition.ts';
import { type MetricName, metricNamespace } from '../../../shared/runtime/metrics.ts';
import type { RegionPlan } from '../../region-plan.ts';
import { hoursUntilDataLoss, iteratorAge } from '../create-alarm.ts';
import type { GraphedMetric } from './widgets.ts';

/** A metric of our own, as one function emits it. */
export function own(metric: MetricName, service: string, { names }: RegionPlan): GraphedMetric {
  return [metricNamespace, metric, 'service', service, 'stage', names.deployment, { label: `${metric} ${service}` }];
}

/** A metric that Lambda has of a function. */
export function ofFunction(
  metric: string,
  { name }: ConsumerDefinition,
  { names }: RegionPlan,
  options: object = {},
): GraphedMetric {
  return ['AWS/Lambda', metric, 'FunctionName', names.function(name), { label: `${metric} ${name}`, ...options }];
}

/** Hours until the mappings of these consumers put aside what they have not taken: the least of a minute. */
export function hoursLeft(consumers: readonly ConsumerDefinition[], plan: RegionPlan): readonly GraphedMetric[] {
  return consumers.filter(isStreamConsumer).flatMap((consumer, index) => {
    const id = `age${index}`;
    const expression = hoursUntilDataLoss(id, recordAgeHOf(consumer));
    return [
      ofFunction(iteratorAge.metric, consumer, plan, { id, stat: iteratorAge.statistic, visible: false }),
      [{ expression, label: consumer.name, id: `hours${index}` }],
    ];
  });
}
