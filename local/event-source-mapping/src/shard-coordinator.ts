import { AbandonedError } from './abandon.ts';
import type { ShardPosition } from './positions/position-store.ts';
import { persistently, type Session } from './session.ts';
import { ShardWorker } from './shard-worker.ts';
import type { SourceShard } from './source.ts';
import type { ShardStatus } from './status.ts';

/**
 * Finds the shards of the stream and reads each once all of its parents are finished, from one enabling of the
 * mapping to the next disabling. A parent that the stream no longer has counts as finished.
 */
export class ShardCoordinator {
  readonly #session: Session;
  readonly #workers = new Map<string, ShardWorker>();
  readonly #running = new Map<string, Promise<void>>();
  #shards: readonly SourceShard[] = [];
  #nap = new AbortController();
  #broken: { readonly error: unknown } | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Resolves when the session drains or stops; rejects with whatever broke a worker. */
  async run(): Promise<void> {
    const { drain } = this.#session;
    const wake = () => this.#nap.abort();
    drain.addEventListener('abort', wake);
    try {
      while (!drain.aborted && !this.#broken) {
        // Made before the discovery, so that a shard that ends during it is not slept over.
        this.#nap = new AbortController();
        await this.#discover();
        await this.#rest();
      }
    } catch (error) {
      if (!(error instanceof AbandonedError)) throw error;
    } finally {
      drain.removeEventListener('abort', wake);
      if (!this.#broken) await Promise.all(this.#running.values());
    }
    if (this.#broken) throw this.#broken.error;
  }

  status(): readonly ShardStatus[] {
    return this.#shards.map(({ shardId }) => this.#workers.get(shardId)?.status() ?? this.#idle(shardId));
  }

  async #discover(): Promise<void> {
    const { source, drain } = this.#session;
    const work = () => source.listShards(drain);
    this.#shards = await persistently(this.#session, { operation: 'list the shards', limit: drain }, work);
    const listed = new Set(this.#shards.map(({ shardId }) => shardId));
    await this.#createPositions();
    this.#forgetTrimmed(listed);
    for (const { shardId, parentShardIds } of this.#shards) {
      const ready = parentShardIds.every((parent) => !listed.has(parent) || this.#finished(parent));
      if (ready && !this.#finished(shardId) && !this.#running.has(shardId)) this.#start(shardId);
    }
  }

  /** StartingPosition counts for the shards that exist when the mapping is first enabled, and for no other. */
  async #createPositions(): Promise<void> {
    const { checkpoints, config, stop } = this.#session;
    if (checkpoints.created) return;
    const parents = new Set(this.#shards.flatMap(({ parentShardIds }) => parentShardIds));
    const positions = this.#shards.map(({ shardId }): [string, ShardPosition] =>
      // A shard with children is closed: its latest record is its end.
      config.start === 'LATEST' && parents.has(shardId)
        ? [shardId, { kind: 'finished' }]
        : [shardId, { kind: 'start', at: config.start }],
    );
    await persistently(this.#session, { operation: 'store the starting positions', limit: stop }, () =>
      checkpoints.create(positions),
    );
  }

  /** Positions of shards that the stream let go of; records behind an unfinished one were never read. */
  #forgetTrimmed(listed: ReadonlySet<string>): void {
    const { checkpoints, metrics } = this.#session;
    for (const shardId of checkpoints.shardIds()) {
      if (listed.has(shardId) || this.#running.has(shardId)) continue;
      const position = checkpoints.get(shardId);
      checkpoints.forget(shardId);
      this.#workers.delete(shardId);
      if (position?.kind === 'finished') continue;
      metrics.gaps += 1;
      const afterSequenceNumber = position?.kind === 'after' ? position.sequenceNumber : undefined;
      this.#session.observe({ kind: 'gap', afterSequenceNumber }, shardId);
    }
  }

  #start(shardId: string): void {
    const worker = new ShardWorker(this.#session, shardId);
    this.#workers.set(shardId, worker);
    const ended = worker
      .run()
      .catch((error: unknown) => {
        this.#broken ??= { error };
      })
      .finally(() => {
        this.#running.delete(shardId);
        this.#nap.abort();
      });
    this.#running.set(shardId, ended);
  }

  /** Until the next discovery is due, or a shard ends, whose children may be waiting. */
  async #rest(): Promise<void> {
    const { clock, tuning } = this.#session;
    const knowsShards = this.#shards.length > 0;
    await clock.sleep(knowsShards ? tuning.discoveryIntervalMs : tuning.polling.idleMs, this.#nap.signal);
  }

  /** Its end is stored, which a worker that still runs has yet to make sure of. */
  #finished(shardId: string): boolean {
    return this.#session.checkpoints.get(shardId)?.kind === 'finished' && !this.#running.has(shardId);
  }

  #idle(shardId: string): ShardStatus {
    const position = this.#session.checkpoints.get(shardId);
    return {
      shardId,
      phase: position?.kind === 'finished' ? 'finished' : 'waitingForParent',
      checkpoint: position?.kind === 'after' ? position.sequenceNumber : undefined,
      lastRead: undefined,
      inFlight: 0,
      buffered: 0,
      attempt: 0,
      iteratorAgeMs: undefined,
      lagMs: 0,
    };
  }
}
