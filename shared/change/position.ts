import type { Position } from './change.ts';
import { isObject } from './raw-json.ts';

const sequenceNumberSyntax = /^\d{1,128}$/;

/**
 * Where a raw Lambda record of either source stands, also when the rest of it cannot be read: a dead letter and the
 * answer to Lambda need nothing else. `undefined` when even this is missing; then nothing can be reported for it.
 */
export function readPosition(record: unknown, shardId?: string): Position | undefined {
  if (!isObject(record)) return undefined;
  const streamArn = record.eventSourceARN;
  if (typeof streamArn !== 'string' || streamArn === '') return undefined;
  return isObject(record.kinesis)
    ? position(streamArn, record.kinesis.sequenceNumber, shardOf(record.eventID) ?? shardId)
    : position(streamArn, isObject(record.dynamodb) ? record.dynamodb.SequenceNumber : undefined, shardId);
}

function position(streamArn: string, sequenceNumber: unknown, shardId: string | undefined): Position | undefined {
  if (typeof sequenceNumber !== 'string' || !sequenceNumberSyntax.test(sequenceNumber)) return undefined;
  return { streamArn, sequenceNumber, ...(shardId === undefined ? {} : { shardId }) };
}

/** Kinesis: `shardId-000000000000:49545...`. */
function shardOf(eventId: unknown): string | undefined {
  if (typeof eventId !== 'string') return undefined;
  const end = eventId.lastIndexOf(':');
  return end > 0 ? eventId.slice(0, end) : undefined;
}
