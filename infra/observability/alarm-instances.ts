import { type AlarmName, alarms } from '../../shared/runtime/alarm-catalogue.ts';
import {
  type AlarmDefinition,
  type AlarmSubject,
  definitionFor,
  recordAgeHOf,
  thresholdFor,
} from '../../shared/runtime/alarms/alarm-definition.ts';
import {
  type ConsumerDefinition,
  isStreamConsumer,
  type StreamConsumerDefinition,
} from '../../shared/runtime/consumer-definition.ts';
import { metricsOf } from '../../shared/runtime/emitted-metrics.ts';
import { anyFunction } from '../../shared/runtime/metrics.ts';
import type { RegionPlan } from '../region-plan.ts';

/** One alarm of one region. */
export interface AlarmInstance {
  readonly alarm: AlarmName;
  /** As it is for this one thing. */
  readonly definition: AlarmDefinition;
  readonly alarmName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly threshold: number;
  /** When the consumer's mapping puts a record aside; only where hours until data loss are watched. */
  readonly recordAgeH?: number;
}

/** A thing that an alarm is about. */
interface Subject {
  /** Last part of the alarm's name; empty where a region has one such thing only. */
  readonly label: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly consumer?: ConsumerDefinition;
}

/** Every alarm of a region but those of mappings, whose ids only their stack knows. */
export function alarmInstances(plan: RegionPlan, account: string): readonly AlarmInstance[] {
  return alarms
    .filter(([, { per }]) => per !== 'mapping')
    .flatMap(([alarm, definition]) =>
      subjectsOf(definition, plan, account).map((subject) => instanceOf(alarm, { plan, definition, subject })),
    );
}

/** The alarms of one mapping. */
export function mappingAlarmInstances(
  plan: RegionPlan,
  { definition: consumer, mappingId }: { readonly definition: StreamConsumerDefinition; readonly mappingId: string },
): readonly AlarmInstance[] {
  const subject = { label: consumer.name, dimensions: { EventSourceMappingUUID: mappingId }, consumer };
  return alarms
    .filter(([, { per }]) => per === 'mapping')
    .map(([alarm, definition]) => instanceOf(alarm, { plan, definition, subject }));
}

function instanceOf(
  alarm: AlarmName,
  {
    plan,
    definition,
    subject,
  }: { readonly plan: RegionPlan; readonly definition: AlarmDefinition; readonly subject: Subject },
): AlarmInstance {
  const { label, dimensions, consumer } = subject;
  const { search } = plan.config;
  return {
    alarm,
    definition: definitionFor(definition, consumer),
    alarmName: plan.names.alarm(label === '' ? alarm : `${alarm}-${label}`),
    dimensions,
    threshold: thresholdFor(definition, { consumer, volumeGb: search.kind === 'domain' ? search.volumeGb : 0 }),
    ...(definition.watches.kind === 'hoursUntilDataLoss' && { recordAgeH: recordAgeHOf(consumer) }),
  };
}

function subjectsOf(definition: AlarmDefinition, plan: RegionPlan, account: string): readonly Subject[] {
  const { names, config, consumers, sourceTable, otherRegion } = plan;
  const one = (dimensions: Subject['dimensions']): readonly Subject[] => [{ label: '', dimensions }];
  const ofFunction = (consumer: ConsumerDefinition): Subject => ({
    label: consumer.name,
    dimensions: { FunctionName: names.function(consumer.name) },
    consumer,
  });
  const emailEvents = plan.sendsEmail && consumers.some(takesEmailEvents);
  const subjects: Readonly<Record<AlarmSubject, () => readonly Subject[]>> = {
    function: () => consumers.map(ofFunction),
    consumer: () => consumers.filter(isStreamConsumer).map(ofFunction),
    mapping: () => [],
    emitter: () => emittersOf(definition, plan),
    sourceTable: () => one({ TableName: sourceTable }),
    table: () => [
      { label: 'source', dimensions: { TableName: sourceTable } },
      ...plan.tables.map(({ name }) => ({ label: name, dimensions: { TableName: names.table(name) } })),
    ],
    globalTable: () =>
      config.replication === 'global-table' && otherRegion !== undefined
        ? one({ TableName: sourceTable, ReceivingRegion: otherRegion })
        : [],
    kinesisStream: () => one({ StreamName: names.kinesisStream }),
    searchDomain: () => (config.search.kind === 'domain' ? one({ DomainName: names.domain, ClientId: account }) : []),
    deadLetterQueue: () => one({ QueueName: names.deadLetterQueue }),
    emailEventsQueue: () => (emailEvents ? one({ QueueName: names.emailEventsQueue }) : []),
    emailEventsDeadLetterQueue: () => (emailEvents ? one({ QueueName: names.emailEventsDeadLetterQueue }) : []),
    emailAccount: () => (plan.sendsEmail ? one({}) : []),
    scheduleGroup: () => one({ ScheduleGroup: names.scheduleGroup }),
    region: () => one({ service: anyFunction, stage: names.deployment }),
  };
  return subjects[definition.per]();
}

function emittersOf({ watches }: AlarmDefinition, { consumers, names }: RegionPlan): readonly Subject[] {
  if (watches.kind !== 'own') return [];
  return consumers
    .filter((consumer) => metricsOf(consumer).includes(watches.metric))
    .map((consumer) => ({
      label: consumer.name,
      dimensions: { service: consumer.name, stage: names.deployment },
      consumer,
    }));
}

function takesEmailEvents({ trigger }: ConsumerDefinition): boolean {
  return trigger.kind === 'schedule' && trigger.emailEvents !== false;
}
