import { type MemorySource, memorySource, type SourceRecord } from '@tributary/event-source-mapping';

interface OpenShard {
  readonly shardId: string;
  /** Of hashes, `to` excluded. */
  readonly from: number;
  readonly to: number;
}

const hashes = 2 ** 32;

/** A stream in memory whose items keep to shards, which split and roll over while they are read. */
export class ShardedStream {
  readonly source: MemorySource;
  /** Last sequence number of every shard that has one. */
  readonly tips = new Map<string, string>();
  #open: OpenShard[] = [];
  #shards = 0;

  constructor(options: { kind: 'dynamodb' | 'kinesis'; arn: string; shards: number }) {
    const { kind, arn, shards } = options;
    this.source = memorySource({ kind, arn });
    for (let index = 0; index < shards; index += 1) {
      const [from, to] = [(hashes / shards) * index, (hashes / shards) * (index + 1)];
      const shardId = this.#newShardId();
      this.source.open(shardId);
      this.#open.push({ shardId, from, to });
    }
  }

  /** Appends what `make` makes of the shard that the key belongs to; answers the shard. */
  append(key: string, make: (shardId: string) => SourceRecord): SourceRecord {
    const shardId = this.#shardOf(key);
    const record = make(shardId);
    this.source.append(shardId, [record]);
    this.tips.set(shardId, record.sequenceNumber);
    return record;
  }

  /** Closes the shard of a key; its range goes on in one new shard or in two. */
  replaceShardOf(key: string, children: 1 | 2): void {
    const shardId = this.#shardOf(key);
    const parent = this.#open.find((each) => each.shardId === shardId);
    if (parent === undefined) return;
    const { from, to } = parent;
    const middle = Math.floor((from + to) / 2);
    const ranges =
      children === 1
        ? [{ from, to }]
        : [
            { from, to: middle },
            { from: middle, to },
          ];
    const opened = ranges.map((range) => ({ ...range, shardId: this.#newShardId() }));
    this.source.split(
      shardId,
      opened.map((child) => child.shardId),
    );
    this.#open = [...this.#open.filter((each) => each !== parent), ...opened];
  }

  #shardOf(key: string): string {
    const hash = hashOf(key);
    return this.#open.find(({ from, to }) => from <= hash && hash < to)?.shardId ?? '';
  }

  #newShardId(): string {
    this.#shards += 1;
    return `shardId-${String(this.#shards).padStart(12, '0')}`;
  }
}

/** FNV-1a with a final mix, so that keys that differ in their last digit go to different shards. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (hash ^ (hash >>> 16)) >>> 0;
}
