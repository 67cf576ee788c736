import { isObject } from './raw-json.ts';

/** The latest time that a date can hold. */
const latestMs = 8.64e15;

/** When the source took a record in, in epoch milliseconds; undefined when the record does not tell. */
export function arrivalMs(record: unknown): number | undefined {
  if (!isObject(record)) return undefined;
  const { kinesis, dynamodb } = record;
  const seconds = isObject(kinesis)
    ? kinesis.approximateArrivalTimestamp
    : isObject(dynamodb)
      ? dynamodb.ApproximateCreationDateTime
      : undefined;
  if (typeof seconds !== 'number') return undefined;
  const timeMs = Math.round(seconds * 1000);
  return timeMs >= 0 && timeMs <= latestMs ? timeMs : undefined;
}
