import type { AlarmName } from '../../shared/runtime/alarm-catalogue.ts';
import { alarms } from '../../shared/runtime/alarm-catalogue.ts';
import {
  type AlarmDefinition,
  type AlarmSubject,
  definitionFor,
  thresholdFor,
  type Watched,
} from '../../shared/runtime/alarms/alarm-definition.ts';
import type { ConsumerDefinition } from '../../shared/runtime/consumer-definition.ts';
import { metricsOf } from '../../shared/runtime/emitted-metrics.ts';
import { metricNamespace } from '../../shared/runtime/metrics.ts';
import type { MetricIdentity, Statistic } from './metric-store.ts';

/** One alarm of one region of the laptop, and what it watches. */
export interface LaptopAlarm {
  readonly name: string;
  readonly section: AlarmName;
  readonly region: string;
  readonly definition: AlarmDefinition;
  readonly threshold: number;
  readonly watches: MetricIdentity & { readonly statistic: Statistic };
}

/** What the laptop is called among the dimensions of its own metrics. */
export const laptopStage = 'laptop';

/** How much time is left, by the consumer: the same sum as a deployed alarm's expression, made where it is measured. */
export const hoursUntilDataLoss = { namespace: metricNamespace, metric: 'HoursUntilDataLoss' } as const;

/** Alarms of the catalogue that a laptop has nothing to watch for, each with the reason. */
export const unwatched: Readonly<Partial<Record<AlarmName, string>>> = {
  'dead-letters-oldest': 'no laptop runs for ten days',
  'function-throttles': 'a laptop throttles no function',
  'function-duration': 'it shares its processors with everything else',
  'function-memory': 'all functions share one process',
  'schedule-errors': 'a timer starts its functions',
  'schedule-dropped': 'a timer starts its functions',
  'aggregates-late': 'canaries are deployed only',
  'search-late': 'canaries are deployed only',
  'replication-lag': 'canaries are deployed only',
  'emails-late': 'canaries are deployed only',
  'audit-differences': 'scheduled audits are deployed only',
  'search-bulk-rejections': 'its search has no queue',
  'search-disk': 'its search is in memory',
  'search-jvm': 'its search is in memory',
  'email-bounce-rate': 'nobody keeps a reputation',
  'email-complaint-rate': 'nobody keeps a reputation',
  'email-events-late': 'events of its SES wait in no queue',
  'email-events-lost': 'events of its SES wait in no queue',
  'global-table-lag': 'its regions are kept alike by the replicator',
  'kinesis-destination-throttled': 'its Kinesis takes whatever comes',
  'kinesis-destination-age': 'its Kinesis takes whatever comes',
  'kinesis-write-throttled': 'its Kinesis takes whatever comes',
  'kinesis-read-throttled': 'its Kinesis takes whatever comes',
  'transaction-conflicts': 'its DynamoDB counts none',
};

/** Every alarm of one region that means something here, with the definition that is deployed. */
export function laptopAlarms(region: string, consumers: readonly ConsumerDefinition[]): readonly LaptopAlarm[] {
  return alarms
    .filter(([section]) => unwatched[section] === undefined)
    .flatMap(([section, definition]) =>
      subjectsOf(definition, consumers).map(({ label, dimensions, consumer }) => ({
        name: label === '' ? section : `${section}-${label}`,
        ...{ section, region, definition: definitionFor(definition, consumer) },
        threshold: thresholdFor(definition, { consumer, volumeGb: 0 }),
        watches: { region, dimensions, ...watchedOf(definition.watches) },
      })),
    );
}

interface Subject {
  readonly label: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly consumer?: ConsumerDefinition;
}

function subjectsOf({ per, watches }: AlarmDefinition, consumers: readonly ConsumerDefinition[]): readonly Subject[] {
  const one: readonly Subject[] = [{ label: '', dimensions: {} }];
  const ofFunction = (consumer: ConsumerDefinition): Subject => ({
    label: consumer.name,
    dimensions: { FunctionName: consumer.name },
    consumer,
  });
  const mapped = consumers.filter((consumer) => 'strategy' in consumer);
  const emitters = consumers.filter((each) => watches.kind === 'own' && metricsOf(each).includes(watches.metric));
  const subjects: Partial<Record<AlarmSubject, readonly Subject[]>> = {
    function: consumers.map(ofFunction),
    consumer: mapped.map(ofFunction),
    mapping: mapped.map(ofFunction),
    emitter: emitters.map((consumer) => ({
      label: consumer.name,
      dimensions: { service: consumer.name, stage: laptopStage },
      consumer,
    })),
    sourceTable: one,
    searchDomain: one,
    deadLetterQueue: one,
  };
  return subjects[per] ?? [];
}

function watchedOf(watches: Watched): Pick<LaptopAlarm['watches'], 'namespace' | 'metric' | 'statistic'> {
  switch (watches.kind) {
    case 'own':
      return { namespace: metricNamespace, metric: watches.metric, statistic: watches.statistic };
    case 'hoursUntilDataLoss':
      return { ...hoursUntilDataLoss, statistic: 'Minimum' };
    case 'query':
      return { ...watches, statistic: watches.statistic === 'MAX' ? 'Maximum' : 'Sum' };
    default:
      return { namespace: watches.namespace, metric: watches.metric, statistic: watches.statistic };
  }
}
