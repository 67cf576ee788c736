import { invalidArgument, KinesisError } from './error.ts';

/** Where a reader goes on. To it, it is opaque. */
export interface ShardPosition {
  /** `REGION/STREAM`. */
  readonly stream: string;
  readonly shard: number;
  /** The count of the last record before it; see `sequence-number.ts`. */
  readonly after: number;
}

/** AWS: "A shard iterator expires 5 minutes after it is returned to the requester" (API, GetShardIterator). */
const lifetimeMs = 5 * 60_000;

export function toIterator({ stream, shard, after }: ShardPosition, nowMs: number): string {
  return Buffer.from(JSON.stringify([stream, shard, after, nowMs])).toString('base64');
}

/** @throws {KinesisError} for what is no iterator, or one that was not used in time. */
export function fromIterator(iterator: string, nowMs: number): ShardPosition {
  const [stream, shard, after, issuedMs] = decoded(iterator);
  if (typeof stream !== 'string' || typeof shard !== 'number' || typeof after !== 'number') throw notAnIterator();
  if (typeof issuedMs !== 'number') throw notAnIterator();
  if (nowMs - issuedMs <= lifetimeMs) return { stream, shard, after };
  const old = `Iterator expired. It was given out at ${new Date(issuedMs).toISOString()}, `;
  throw new KinesisError('ExpiredIteratorException', `${old}which is more than ${lifetimeMs} milliseconds ago.`);
}

function decoded(iterator: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(iterator, 'base64').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    throw notAnIterator();
  }
}

function notAnIterator(): KinesisError {
  return invalidArgument('Invalid ShardIterator.');
}
