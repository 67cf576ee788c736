import type { Clock } from '../../batch/clock.ts';

/** The Kinesis stream of a table in one region, as whoever looks at it reads it. */
export interface Feed {
  readonly region: string;
  readonly arn: string;
  listShards(signal: AbortSignal): Promise<readonly { readonly shardId: string }[]>;
  getIterator(shardId: string, from: FeedStart, signal: AbortSignal): Promise<string>;
  getRecords(shardId: string, iterator: string, signal: AbortSignal): Promise<FeedRecords>;
}

export type FeedStart =
  | { readonly kind: 'TRIM_HORIZON' }
  | { readonly kind: 'LATEST' }
  | { readonly kind: 'AT_TIMESTAMP'; readonly timestampMs: number }
  | { readonly kind: 'AFTER_SEQUENCE_NUMBER'; readonly sequenceNumber: string };

export interface FeedRecords {
  readonly records: readonly FeedRecord[];
  /** Absent at the end of a closed shard. */
  readonly nextIterator?: string;
}

export interface FeedRecord {
  readonly sequenceNumber: string;
  /** Milliseconds since the epoch. */
  readonly arrivalMs: number;
  /** As Lambda would hand it to a function. */
  readonly record: unknown;
}

export interface FeedPage {
  readonly shardId: string;
  readonly records: readonly FeedRecord[];
}

/** A shard may be read five times a second by all of its readers together, and its consumers come first. */
const pollMs = 1_000;
const listingMs = 10_000;

/** A shard that is read: its next iterator, or from where to take one. */
interface Reading {
  iterator?: string;
  from: FeedStart;
}

/**
 * Reads every shard from the point on, also those that come later, until it is told to stop: one page of each shard a
 * second. What is read has no effect on anybody's position.
 */
export async function* follow(
  feed: Feed,
  { from, signal, clock }: { readonly from: FeedStart; readonly signal: AbortSignal; readonly clock: Clock },
): AsyncGenerator<FeedPage> {
  const shards = new Map<string, Reading | 'ended'>();
  let listedMs = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    const beganMs = clock.nowMs();
    if (beganMs - listedMs >= listingMs) {
      const start = shards.size === 0 ? from : ({ kind: 'TRIM_HORIZON' } as const);
      for (const { shardId } of await feed.listShards(signal)) {
        if (!shards.has(shardId)) shards.set(shardId, { from: start });
      }
      listedMs = beganMs;
    }
    for (const [shardId, reading] of shards) {
      if (reading === 'ended') continue;
      const page = await readOnce(feed, { shardId, reading, signal });
      if (page === 'ended') shards.set(shardId, 'ended');
      else if (page.length > 0) yield { shardId, records: page };
    }
    const restMs = pollMs - (clock.nowMs() - beganMs);
    if (restMs > 0 && !signal.aborted) await clock.sleep(restMs);
  }
}

/** Trouble that passes leaves the shard where it is, until the next turn. */
async function readOnce(
  feed: Feed,
  { shardId, reading, signal }: { readonly shardId: string; readonly reading: Reading; readonly signal: AbortSignal },
): Promise<readonly FeedRecord[] | 'ended'> {
  try {
    reading.iterator ??= await feed.getIterator(shardId, reading.from, signal);
    const { records, nextIterator } = await feed.getRecords(shardId, reading.iterator, signal);
    const last = records.at(-1);
    if (last !== undefined) reading.from = { kind: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: last.sequenceNumber };
    if (nextIterator === undefined) return records.length > 0 ? ended(reading, records) : 'ended';
    reading.iterator = nextIterator;
    return records;
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (signal.aborted || name === 'ProvisionedThroughputExceededException') return [];
    if (name !== 'ExpiredIteratorException') throw error;
    delete reading.iterator;
    return [];
  }
}

/** The last page of a closed shard: what comes after it is nothing. */
function ended(reading: Reading, records: readonly FeedRecord[]): readonly FeedRecord[] {
  delete reading.iterator;
  return records;
}
