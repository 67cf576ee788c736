/** What is known of streams, their records aside: in one file, which another process finds again. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Shard, ShardDefinition } from './shard.ts';

export interface Stream {
  /** `REGION/NAME`. */
  readonly key: string;
  readonly name: string;
  readonly arn: string;
  readonly createdAtMs: number;
  readonly shards: Shard[];
}

interface StoredStream extends Omit<Stream, 'shards'> {
  readonly shards: readonly StoredShard[];
}

type StoredShard = Omit<ShardDefinition, 'firstHash' | 'lastHash'> & {
  readonly firstHash: string;
  readonly lastHash: string;
};

/** @throws {Error} when the file is there and cannot be read. */
export function readDefinitions(file: string): Map<string, Stream> {
  let text = '[]';
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  const stored = JSON.parse(text) as readonly StoredStream[];
  const toShard = (shard: StoredShard): Shard => ({
    ...shard,
    firstHash: BigInt(shard.firstHash),
    lastHash: BigInt(shard.lastHash),
    records: [],
  });
  return new Map(stored.map((stream) => [stream.key, { ...stream, shards: stream.shards.map(toShard) }]));
}

/** By renaming, so that no half of it is ever found. */
export function writeDefinitions(file: string, streams: ReadonlyMap<string, Stream>): void {
  const toStored = ({ records: _, firstHash, lastHash, ...shard }: Shard): StoredShard => ({
    ...shard,
    firstHash: String(firstHash),
    lastHash: String(lastHash),
  });
  const stored = [...streams.values()].map((stream) => ({ ...stream, shards: stream.shards.map(toStored) }));
  writeFileSync(`${file}.next`, JSON.stringify(stored));
  renameSync(`${file}.next`, file);
}
