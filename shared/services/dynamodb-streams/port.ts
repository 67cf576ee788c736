import type { ShardIdentity } from '../../batch/sink.ts';

/** A table's stream as somebody reads it who is not its mapping: now and then, from a place to its end. */
export interface TableStream {
  /** All shards that can be read still, those that have ended included. */
  shards(): Promise<readonly ShardIdentity[]>;
  /**
   * Records as Lambda delivers them, page by page, from the one after `after` on (the oldest there is, when absent or
   * forgotten) up to the newest at the time.
   */
  read(shard: ShardIdentity, after: string | undefined): AsyncIterable<readonly unknown[]>;
}
