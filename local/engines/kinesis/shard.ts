/** A shard: a range of the hash keys, and the records that fell into it, in order. */
import { createHash } from 'node:crypto';
import { invalidArgument } from './error.ts';
import type { RecordPlace } from './record-log.ts';

/** What is known of a shard, its records aside. */
export interface ShardDefinition {
  readonly number: number;
  /** None, one after a split, two after a merge. */
  readonly parents: readonly number[];
  readonly firstHash: bigint;
  readonly lastHash: bigint;
  readonly startCount: number;
  /** Of a shard that takes no more records. */
  endCount?: number;
}

export interface KeptRecord {
  readonly count: number;
  readonly arrivedAtMs: number;
  readonly place: RecordPlace;
}

export interface Shard extends ShardDefinition {
  readonly records: KeptRecord[];
}

/** The MD5 of a partition key is a number of 128 bits (API reference, PutRecord). */
const hashKeys = 1n << 128n;

export function hashKeyOf(partitionKey: string): bigint {
  return BigInt(`0x${createHash('md5').update(partitionKey).digest('hex')}`);
}

/** @throws {KinesisError} for what is no hash key. */
export function readHashKey(digits: string): bigint {
  const hash = /^(0|[1-9]\d{0,38})$/.test(digits) ? BigInt(digits) : hashKeys;
  if (hash < hashKeys) return hash;
  throw invalidArgument(`Invalid hash key ${digits}: it must be a number from 0 to 2^128 - 1.`);
}

/** Whether it takes records. */
export function isOpen({ endCount }: ShardDefinition): boolean {
  return endCount === undefined;
}

/** The shards of a new stream share the hash keys evenly. */
export function firstShards(shards: number, startCount: number): Shard[] {
  const width = hashKeys / BigInt(shards);
  return Array.from({ length: shards }, (_, number) => ({
    number,
    parents: [],
    firstHash: width * BigInt(number),
    lastHash: number === shards - 1 ? hashKeys - 1n : width * BigInt(number + 1) - 1n,
    startCount,
    records: [],
  }));
}

export function shardIdOf(number: number): string {
  return `shardId-${String(number).padStart(12, '0')}`;
}

/** The place in `records` of the first one whose count is above `count`. */
export function firstAfter(records: readonly KeptRecord[], count: number): number {
  return firstWhere(records, (record) => record.count > count);
}

export function firstArrivedAt(records: readonly KeptRecord[], timeMs: number): number {
  return firstWhere(records, (record) => record.arrivedAtMs >= timeMs);
}

/** What holds for a record holds for all that follow. */
function firstWhere(records: readonly KeptRecord[], holds: (record: KeptRecord) => boolean): number {
  let [low, high] = [0, records.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const record = records[middle];
    if (record !== undefined && holds(record)) high = middle;
    else low = middle + 1;
  }
  return low;
}
