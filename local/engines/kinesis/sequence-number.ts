/**
 * Sequence numbers have 56 digits, as on AWS: no number type holds them, and who compares them as text is lucky here
 * and there. The count is of all records of the engine, so that it grows within each shard.
 */
import { invalidArgument } from './error.ts';

const head = '4966';
const countDigits = 40;
const shardDigits = 12;
const form = new RegExp(`^${head}\\d{${countDigits + shardDigits}}$`);

export function toSequenceNumber(count: number, shard: number): string {
  return head + String(count).padStart(countDigits, '0') + String(shard).padStart(shardDigits, '0');
}

/** @throws {KinesisError} for what is none of this shard. */
export function toCount(sequenceNumber: string, shard: number): number {
  const tail = String(shard).padStart(shardDigits, '0');
  if (!form.test(sequenceNumber) || !sequenceNumber.endsWith(tail)) {
    throw invalidArgument(`StartingSequenceNumber ${sequenceNumber} is not one of shard ${shard}.`);
  }
  return Number(sequenceNumber.slice(head.length, head.length + countDigits));
}
