import type { RecordedBatch } from '../batch/recorded-batch.ts';
import type { StreamConsumerDefinition } from '../runtime/consumer-definition.ts';

/** The event with which Lambda would deliver a recorded batch to this consumer. */
export function eventOf({ header, records }: RecordedBatch, { trigger }: StreamConsumerDefinition): unknown {
  const event = { Records: records.map(({ record }) => record) };
  if (trigger.kind !== 'stream' || trigger.mapping.tumblingWindowS === 0) return event;
  const lengthMs = trigger.mapping.tumblingWindowS * 1000;
  const startMs = Math.floor((arrivalOf({ header, records }) ?? 0) / lengthMs) * lengthMs;
  return {
    ...event,
    window: { start: seconds(startMs), end: seconds(startMs + lengthMs) },
    state: {},
    // A raw Lambda event of an ordinary mapping does not tell: any one name serves, for all of the file is one shard.
    shardId: header.shardId ?? 'shardId-unknown',
    eventSourceARN: header.streamArn,
    isFinalInvokeForWindow: false,
    isWindowTerminatedEarly: false,
  };
}

/** When the batch's last record arrived, in epoch milliseconds; undefined when nothing in the file tells. */
export function arrivalOf({ records }: RecordedBatch): number | undefined {
  const last = records.at(-1);
  if (last?.arrivedAt !== undefined) return Date.parse(last.arrivedAt);
  const record = last?.record as
    | { dynamodb?: { ApproximateCreationDateTime?: number }; kinesis?: { approximateArrivalTimestamp?: number } }
    | undefined;
  const seconds = record?.kinesis?.approximateArrivalTimestamp ?? record?.dynamodb?.ApproximateCreationDateTime;
  return typeof seconds === 'number' ? seconds * 1000 : undefined;
}

function seconds(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
