import { readPosition } from '../change/position.ts';
import { compareSequenceNumbers } from '../change/version.ts';
import { FatalConfigError } from './errors.ts';
import type { DeliveredRecord } from './sink.ts';

/**
 * The records of an event, lowest sequence number first. Lambda delivers a shard's records in order; the sort states
 * it, so that a wrongly assembled event cannot make the answer skip a record.
 *
 * @throws {FatalConfigError} when a record has no readable position
 */
export function inOrder(records: readonly unknown[], shardId: string | undefined): readonly DeliveredRecord[] {
  return records
    .map((raw, index) => delivered(raw, index, shardId))
    .sort((a, b) => compareSequenceNumbers(a.position.sequenceNumber, b.position.sequenceNumber));
}

function delivered(raw: unknown, index: number, shardId: string | undefined): DeliveredRecord {
  const position = readPosition(raw, shardId);
  if (position !== undefined) return { raw, position };
  // Nothing can be reported for it, and skipping it would lose it.
  throw new FatalConfigError(
    'undecodable-record',
    `record ${index} of the batch has no readable sequence number or eventSourceARN: ` +
      'is this function invoked by something else than a DynamoDB or Kinesis stream?',
  );
}
