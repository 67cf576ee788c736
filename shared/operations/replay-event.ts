import type { RecordedBatch, RecordedRecord } from '../batch/recorded-batch.ts';
import type { WindowState } from '../batch/sink.ts';
import { arrivalMs } from '../change/arrival.ts';
import type { StreamConsumerDefinition } from '../runtime/consumer-definition.ts';

/** An event that is made from the state that the answer to the one before returned. */
export type EventAfter = (state: WindowState) => unknown;

/**
 * The events with which Lambda would deliver a recorded batch to this consumer: one, or where its mapping has a
 * tumbling window, for each window one with the records and one that ends it.
 */
export function eventsOf(batch: RecordedBatch, { trigger }: StreamConsumerDefinition): readonly EventAfter[] {
  const lengthMs = trigger.mapping.tumblingWindowS * 1000;
  if (lengthMs === 0) return [() => ({ Records: batch.records.map(({ record }) => record) })];
  const windows = Map.groupBy(batch.records, (record) => startOf(record, lengthMs));
  return [...windows].flatMap(([startMs, records]) =>
    windowEvents(batch, { startMs, endMs: startMs + lengthMs, records }),
  );
}

function windowEvents(
  { header }: RecordedBatch,
  window: { readonly startMs: number; readonly endMs: number; readonly records: readonly RecordedRecord[] },
): readonly EventAfter[] {
  const fields = {
    window: { start: seconds(window.startMs), end: seconds(window.endMs) },
    // A raw Lambda event of an ordinary mapping does not tell: any one name serves, for all of the file is one shard.
    shardId: header.shardId ?? 'shardId-unknown',
    eventSourceARN: header.streamArn,
    isWindowTerminatedEarly: false,
  };
  const Records = window.records.map(({ record }) => record);
  return [
    () => ({ Records, ...fields, state: {}, isFinalInvokeForWindow: false }),
    (state) => ({ Records: [], ...fields, state, isFinalInvokeForWindow: true }),
  ];
}

/** When the batch's last record arrived, in epoch milliseconds; undefined when nothing in the file tells. */
export function arrivalOf({ records }: RecordedBatch): number | undefined {
  const last = records.at(-1);
  return last === undefined ? undefined : arrivalOfRecord(last);
}

function arrivalOfRecord({ arrivedAt, record }: RecordedRecord): number | undefined {
  return arrivedAt === undefined ? arrivalMs(record) : Date.parse(arrivedAt);
}

function startOf(record: RecordedRecord, lengthMs: number): number {
  return Math.floor((arrivalOfRecord(record) ?? 0) / lengthMs) * lengthMs;
}

function seconds(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
