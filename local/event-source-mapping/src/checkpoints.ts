import type { PositionStore, Positions, ShardPosition } from './positions/position-store.ts';

/** The positions of a running mapping: read from memory, written through to the store one save at a time. */
export class Checkpoints {
  readonly #store: PositionStore;
  readonly #eventSourceArn: string;
  readonly #shards: Map<string, ShardPosition>;
  #running: Promise<void> = Promise.resolve();
  #queued: Promise<void> | undefined;

  #created: boolean;

  constructor(store: PositionStore, eventSourceArn: string, loaded: Positions | undefined) {
    // Positions in another stream say nothing about this one: it is read from its starting position.
    const ours = loaded?.eventSourceArn === eventSourceArn ? loaded : undefined;
    this.#store = store;
    this.#eventSourceArn = eventSourceArn;
    this.#shards = new Map(Object.entries(ours?.shards ?? {}));
    this.#created = ours !== undefined;
  }

  /** Whether the mapping has positions already, even if in no shard. */
  get created(): boolean {
    return this.#created;
  }

  async create(positions: readonly (readonly [string, ShardPosition])[]): Promise<void> {
    for (const [shardId, position] of positions) this.#shards.set(shardId, position);
    await this.#save();
    this.#created = true;
  }

  get(shardId: string): ShardPosition | undefined {
    return this.#shards.get(shardId);
  }

  shardIds(): readonly string[] {
    return [...this.#shards.keys()];
  }

  /** Resolves when the position is stored. */
  async set(shardId: string, position: ShardPosition): Promise<void> {
    this.#shards.set(shardId, position);
    await this.#save();
  }

  /** Forgets a shard that the stream no longer has; stored with the next position. */
  forget(shardId: string): void {
    this.#shards.delete(shardId);
  }

  /** Whoever comes while a save is under way shares the next one. */
  #save(): Promise<void> {
    this.#queued ??= this.#running.then(() => {
      this.#queued = undefined;
      const saving = this.#store.save({
        eventSourceArn: this.#eventSourceArn,
        shards: Object.fromEntries(this.#shards),
      });
      this.#running = saving.catch(() => {});
      return saving;
    });
    return this.#queued;
  }

  /** Resolves when no save is under way. */
  async settled(): Promise<void> {
    await this.#queued?.catch(() => {});
    await this.#running;
  }
}
