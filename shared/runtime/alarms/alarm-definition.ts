import { type ConsumerDefinition, isStreamConsumer } from '../consumer-definition.ts';
import type { MetricName } from '../metrics.ts';

/** What an alarm is about. There is one alarm for each such thing in a region. */
export type AlarmSubject =
  /** Every function. */
  | 'function'
  /** A function behind an event source mapping. */
  | 'consumer'
  /** The event source mapping of a consumer. */
  | 'mapping'
  /** Each function that emits the metric (one of our own). */
  | 'emitter'
  /** The table whose changes everything is about. */
  | 'sourceTable'
  /** Every table of the region. */
  | 'table'
  /** The copy of the source table in the other region, where DynamoDB itself keeps it. */
  | 'globalTable'
  | 'kinesisStream'
  | 'searchDomain'
  /** Notices of dead letters. */
  | 'deadLetterQueue'
  /** Events of SES on their way to the settler, and those that it could not take. */
  | 'emailEventsQueue'
  | 'emailEventsDeadLetterQueue'
  /** What SES knows of the account, in the region that sends. */
  | 'emailAccount'
  | 'scheduleGroup'
  /** All functions of a region together. */
  | 'region';

/** What is watched. Dimensions follow from the subject. */
export type Watched =
  | { readonly kind: 'aws'; readonly namespace: string; readonly metric: string; readonly statistic: Statistic }
  | { readonly kind: 'own'; readonly metric: MetricName; readonly statistic: Statistic }
  /** How much a counter that only grows has grown since the point before. */
  | { readonly kind: 'growth'; readonly namespace: string; readonly metric: string; readonly statistic: Statistic }
  /** A query over one table's metrics, for those with a dimension whose values are documented nowhere. */
  | {
      readonly kind: 'query';
      readonly namespace: string;
      readonly metric: string;
      readonly statistic: 'MAX' | 'SUM';
      readonly dimensions: readonly string[];
    }
  /**
   * How long the consumer's mapping waits before it puts records aside, less the iterator age, in hours. No source
   * forgets sooner: `mappingProblems` holds every definition to that.
   */
  | { readonly kind: 'hoursUntilDataLoss' };

type Statistic = 'Average' | 'Maximum' | 'Minimum' | 'SampleCount' | 'Sum';

export type Threshold =
  | number
  /** A part of the function's timeout, in milliseconds. */
  | { readonly partOfTimeout: number }
  /** A part of how long a mapping waits before it puts records aside, in hours. */
  | { readonly partOfRecordAge: number }
  /** A part of a data node's volume, in mebibytes. */
  | { readonly partOfVolume: number };

export interface AlarmDefinition {
  readonly per: AlarmSubject;
  readonly watches: Watched;
  /** `above` and `below` exclude the threshold itself. */
  readonly fires: 'above' | 'atLeast' | 'atMost' | 'below';
  readonly threshold: Threshold;
  readonly periodS: number;
  /** So many points must be beyond the threshold, `of` so many. @default of: the same */
  readonly points: number;
  readonly of?: number;
  /** Instead, for a function that its schedule starts less often than that: it never makes so many points. */
  readonly seldom?: { readonly periodS: number; readonly points: number; readonly of: number };
  /** What it means that nothing is reported: all is well, or that is the trouble. */
  readonly whenMissing: 'fine' | 'trouble';
  /** `page`: something is lost or late for users if nobody acts within hours. `ticket`: in working hours. */
  readonly severity: 'page' | 'ticket';
  /** Users notice it: it is part of the region's one composite alarm. */
  readonly userVisible?: true;
  /** One sentence each, for the alarm's description and the runbook's index. */
  readonly meaning: string;
  readonly action: string;
}

/** @param about the consumer that the alarm is for; and the volume of a data node of search, 0 where there is none */
export function thresholdFor(
  { threshold }: AlarmDefinition,
  about: { readonly consumer: ConsumerDefinition | undefined; readonly volumeGb: number },
): number {
  const { consumer, volumeGb } = about;
  if (typeof threshold === 'number') return threshold;
  if ('partOfTimeout' in threshold) return threshold.partOfTimeout * (consumer?.timeoutS ?? 0) * 1000;
  if ('partOfRecordAge' in threshold) return threshold.partOfRecordAge * recordAgeHOf(consumer);
  return threshold.partOfVolume * volumeGb * 1024;
}

/** When a record is put aside; its source keeps it longer, and only a consumer that takes nothing gets as far. */
export function recordAgeHOf(consumer: ConsumerDefinition | undefined): number {
  return consumer !== undefined && isStreamConsumer(consumer) ? consumer.trigger.mapping.maximumRecordAgeS / 3600 : 0;
}

/** The definition as it is for one function: how often that runs decides how many points there can be. */
export function definitionFor(definition: AlarmDefinition, consumer: ConsumerDefinition | undefined): AlarmDefinition {
  const { seldom, periodS } = definition;
  if (seldom === undefined || consumer?.trigger.kind !== 'schedule') return definition;
  return consumer.trigger.everyS > periodS ? { ...definition, ...seldom } : definition;
}
