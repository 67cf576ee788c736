import type { Change } from './change.ts';

/**
 * Order of two sequence numbers of one shard: negative when `a` is earlier. They are decimal texts of any length, so
 * neither text order ("9" > "10") nor `number` (15 digits) will do.
 */
export function compareSequenceNumbers(a: string, b: string): number {
  const left = withoutLeadingZeros(a);
  const right = withoutLeadingZeros(b);
  if (left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * The version of an item in local order: microseconds of creation, below 2^53, as an external version for a sink.
 * Only meaningful between changes of one item, and only when `localOrderProblem` finds none.
 */
export function localOrder(change: Change): number {
  return Number(change.createdAt.microseconds);
}

/**
 * Why this change has no place in local order, or `undefined`. The caller makes it a `FatalConfigError`: it is the
 * setting of the Kinesis destination, so every record is concerned and none may become a dead letter.
 */
export function localOrderProblem(change: Change): string | undefined {
  const { precision } = change.createdAt;
  if (precision === 'microsecond') return undefined;
  return (
    `creation times from ${change.position.streamArn} are precise to the ${precision}, which cannot order two writes ` +
    'to one item: set ApproximateCreationDateTimePrecision of the Kinesis streaming destination to MICROSECOND'
  );
}

/**
 * Equal for two deliveries of one change of an item, different for two changes of it. A stream delivers a change at one
 * position. Kinesis repeats it under another sequence number, but with the same creation time and `eventId`; without an
 * `eventId` a duplicate counts as another change, which is safe: the item is read again.
 */
export function changeIdentity(change: Change): string {
  const { position, createdAt, op, eventId } = change;
  if (change.source === 'kinesis' && eventId !== undefined) return `${createdAt.microseconds}/${op}/${eventId}`;
  return `${position.streamArn}/${position.shardId ?? ''}/${position.sequenceNumber}`;
}

function withoutLeadingZeros(text: string): string {
  return text.startsWith('0') ? text.replace(/^0+(?=.)/, '') : text;
}
