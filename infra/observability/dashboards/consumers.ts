import { type ConsumerDefinition, isStreamConsumer } from '../../../shared/runtime/consumer-definition.ts';
import { metricsOf } from '../../../shared/runtime/emitted-metrics.ts';
import type { RegionPlan } from '../../region-plan.ts';
import { hoursLeft, ofFunction, own } from './graphed-metrics.ts';
import { dashboardBody, graph, text, type Widget } from './widgets.ts';

/** A row for each function of the region. */
export function consumersDashboard(plan: RegionPlan): object {
  return dashboardBody(
    plan.consumers.flatMap((consumer) => [[text(`## ${consumer.name}\n${consumer.summary}`)], rowOf(consumer, plan)]),
  );
}

function rowOf(consumer: ConsumerDefinition, plan: RegionPlan): readonly Widget[] {
  const { region } = plan;
  const metrics = metricsOf(consumer);
  const sums = metrics.filter((metric) => !/(Ms|Percent)$/.test(metric));
  const levels = metrics.filter((metric) => !sums.includes(metric));
  const shared = { region, width: 6 };
  return [
    isStreamConsumer(consumer)
      ? graph({
          ...shared,
          title: 'Hours until data loss',
          statistic: 'Maximum',
          metrics: hoursLeft([consumer], plan),
        })
      : graph({
          ...shared,
          title: levels.length > 0 ? levels.join(', ') : 'Runs',
          statistic: levels.length > 0 ? 'Maximum' : 'Sum',
          metrics:
            levels.length > 0
              ? levels.map((metric) => own(metric, consumer.name, plan))
              : [ofFunction('Invocations', consumer, plan)],
        }),
    graph({
      ...shared,
      title: 'What became of it',
      statistic: 'Sum',
      metrics:
        sums.length > 0
          ? sums.map((metric) => own(metric, consumer.name, plan))
          : [ofFunction('Invocations', consumer, plan)],
    }),
    graph({
      ...shared,
      title: 'Invocations, errors, throttles',
      statistic: 'Sum',
      metrics: ['Invocations', 'Errors', 'Throttles'].map((metric) => ofFunction(metric, consumer, plan)),
    }),
    graph({
      ...shared,
      title: 'Longest invocation',
      statistic: 'Maximum',
      unit: 'ms',
      metrics: [ofFunction('Duration', consumer, plan)],
      lines: [{ label: 'timeout', value: consumer.timeoutS * 1000 }],
    }),
  ];
}
