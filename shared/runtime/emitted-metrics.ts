import type { ConsumerDefinition, StreamConsumerDefinition } from './consumer-definition.ts';
import type { MetricName } from './metrics.ts';

/** What can become of a record, by how its consumer takes a batch. */
const outcomes: Readonly<Record<StreamConsumerDefinition['strategy'], readonly MetricName[]>> = {
  range: ['RecordsApplied', 'RecordsDuplicate', 'RecordsFiltered', 'RecordsDeadLettered', 'RecordsRetried'],
  newest: [
    'RecordsApplied',
    'RecordsDuplicate',
    'RecordsStale',
    'RecordsFiltered',
    'RecordsDeadLettered',
    'RecordsRetried',
  ],
  each: ['RecordsApplied', 'RecordsDuplicate', 'RecordsFiltered', 'RecordsDeadLettered', 'RecordsRetried'],
  window: ['RecordsApplied', 'RecordsFiltered', 'RecordsDeadLettered', 'RecordsRetried'],
  whole: ['RecordsApplied', 'RecordsRetried'],
};

/** The metrics that a function emits under its own name. Each of them is paid for. */
export function metricsOf(definition: ConsumerDefinition): readonly MetricName[] {
  const { emits = [] } = definition;
  return 'strategy' in definition ? [...outcomes[definition.strategy], ...emits] : emits;
}

/** How many metrics of our own these functions make in one region; one more is of all functions together. */
export function customMetricCount(consumers: readonly ConsumerDefinition[]): number {
  return consumers.reduce((count, definition) => count + metricsOf(definition).length, 1);
}
