import type { StreamConsumerDefinition } from '../../shared/runtime/consumer-definition.ts';

/**
 * What the arithmetic takes for granted where neither the configuration nor the definitions say. None of it was
 * measured on AWS: replace it with what your own metrics show.
 */
export const assumptions = {
  itemKb: { value: 1, meaning: 'KB of an item' },
  recordKb: { value: 3.2, meaning: 'KB of a Kinesis record: both images as JSON with an envelope' },
  eventKb: { value: 4.5, meaning: 'KB of a record inside an event of Lambda (base64)' },
  signUpsPerUser: { value: 0.05, meaning: 'sign-ups a month, for each user there is' },
  keysOfATotal: { value: 50, meaning: 'different groups of a total by attribute' },
  searchWritesPerNode: { value: 2_500, meaning: 'documents a second that one data node takes' },
  searchOverhead: { value: 1.45, meaning: 'GB of volume for each GB of documents, with room to merge' },
  compressed: { value: 0.12, meaning: 'size of an archive object, for each byte of its records' },
  headroom: { value: 1.5, meaning: 'provisioned shards, for each one that the average fills' },
  streamShardWrites: { value: 1_000, meaning: 'writes a second of one shard of the table’s stream' },
  streamShardsAtLeast: { value: 4, meaning: 'shards of the stream of a table on demand' },
  logKb: { value: 1.5, meaning: 'KB of logs of an invocation: its metrics, start, end and report' },
  customMetrics: { value: 60, meaning: 'custom metrics of a region, the most there may be' },
  mappingMetrics: { value: 6, meaning: 'event metrics of a mapping' },
  alarms: { value: 110, meaning: 'alarms of a region' },
  dashboards: { value: 3, meaning: 'dashboards of a region' },
  auditedPerS: { value: 2_000, meaning: 'items a second that an audit compares' },
  builtPerS: { value: 1_000, meaning: 'items a second that an audit of totals counts anew' },
  buildsAMonth: { value: 4.35, meaning: 'audits of totals a month: one a week' },
  scheduledMs: { value: 1_500, meaning: 'ms of an invocation of a scheduled function' },
} as const satisfies Record<string, { readonly value: number; readonly meaning: string }>;

export type Assumption = keyof typeof assumptions;

export function assumed(name: Assumption): number {
  return assumptions[name].value;
}

/** Milliseconds of an invocation, without and for each record. */
export interface Duration {
  readonly fixedMs: number;
  readonly perRecordMs: number;
}

const durations: Readonly<Record<StreamConsumerDefinition['strategy'], Duration>> = {
  range: { fixedMs: 25, perRecordMs: 0.6 },
  newest: { fixedMs: 30, perRecordMs: 0.4 },
  each: { fixedMs: 10, perRecordMs: 0.1 },
  window: { fixedMs: 10, perRecordMs: 0.05 },
  whole: { fixedMs: 40, perRecordMs: 0.1 },
};

/** A record that goes to another region waits for it; sixteen do at once. */
const toAnotherRegion: Duration = { fixedMs: 30, perRecordMs: 6 };

export function durationOf({ strategy, uses }: StreamConsumerDefinition): Duration {
  return uses.some(({ kind }) => kind === 'replicaTable') ? toAnotherRegion : durations[strategy];
}

export const durationTable = { ...durations, 'another region': toAnotherRegion };
