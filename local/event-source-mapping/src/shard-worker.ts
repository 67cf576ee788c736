import { AbandonedError } from './abandon.ts';
import { Lane, type LaneShard } from './lane.ts';
import { laneOf, orderingKey } from './ordering-key.ts';
import type { OpenWindow, ShardPosition } from './positions/position-store.ts';
import { ReadRecord } from './read-record.ts';
import { checkpoint, type Session } from './session.ts';
import { ShardProgress } from './shard-progress.ts';
import { ShardReader } from './shard-reader.ts';
import type { SourceRecord } from './source.ts';
import type { ShardPhase, ShardStatus } from './status.ts';

/** A shard tells of its lanes what is farthest from plain reading. */
const PHASES: readonly ShardPhase[] = ['retrying', 'endingWindow', 'invoking'];

/** Takes one shard to its end: reads it, filters its records, and hands them to its lanes (ParallelizationFactor). */
export class ShardWorker {
  readonly #session: Session;
  readonly #shardId: string;
  readonly #reader: ShardReader;
  readonly #progress: ShardProgress;
  readonly #lanes: readonly Lane[];
  #finished = false;
  #filtered: string[] = [];
  #nap = Promise.withResolvers<void>();
  #wake = new AbortController();
  #broken: { readonly error: unknown } | undefined;

  constructor(session: Session, shardId: string) {
    const position = session.checkpoints.get(shardId);
    const { config, source } = session;
    const windows = { lengthMs: config.tumblingWindowMs, shardId, eventSourceArn: source.arn };
    this.#session = session;
    this.#shardId = shardId;
    this.#reader = new ShardReader(session, { shardId, position, accept: (record) => this.#accept(record) });
    this.#progress = new ShardProgress(position?.kind === 'after' ? position.sequenceNumber : undefined);
    const shard: LaneShard = { session, windows, progress: this.#progress, save: () => this.#save() };
    const window = continued(position, config.tumblingWindowMs);
    this.#lanes = Array.from({ length: config.parallelizationFactor }, () => new Lane(shard, window));
  }

  /** Resolves when the shard is finished, or when the session drains or stops. */
  async run(): Promise<void> {
    const { drain } = this.#session;
    const wake = () => this.#rouse();
    drain.addEventListener('abort', wake);
    this.#session.observe({ kind: 'shardStarted' }, this.#shardId);
    try {
      if (await this.#readToEnd()) this.#session.observe({ kind: 'shardFinished' }, this.#shardId);
    } catch (error) {
      if (!(error instanceof AbandonedError)) throw error;
    } finally {
      drain.removeEventListener('abort', wake);
    }
  }

  status(): ShardStatus {
    const { clock } = this.#session;
    const { oldest, safe } = this.#progress;
    const ages = this.#lanes.flatMap(({ iteratorAgeMs }) => (iteratorAgeMs === undefined ? [] : [iteratorAgeMs]));
    const phase = PHASES.find((one) => this.#lanes.some((lane) => lane.phase === one));
    return {
      shardId: this.#shardId,
      phase: this.#finished ? 'finished' : (phase ?? 'reading'),
      checkpoint: safe,
      lastRead: this.#reader.lastRead,
      inFlight: this.#lanes.reduce((sum, { inFlight }) => sum + inFlight.length, 0),
      buffered: this.#lanes.reduce((sum, { queue }) => sum + queue.length, 0),
      attempt: Math.max(...this.#lanes.map(({ attempt }) => attempt)),
      iteratorAgeMs: ages.length > 0 ? Math.max(...ages) : undefined,
      lagMs: oldest ? Math.max(0, clock.nowMs() - oldest.arrivalMs) : this.#reader.behindMs,
    };
  }

  /** Whether the end was reached. */
  async #readToEnd(): Promise<boolean> {
    const { drain } = this.#session;
    while (!drain.aborted && !this.#broken) {
      const { wakeMs, idle } = await this.#startLanes();
      if (drain.aborted) break;
      if (this.#reader.ended && idle && wakeMs === Number.POSITIVE_INFINITY) return this.#finish();
      await this.#readOrWait(wakeMs);
    }
    await this.#lanesIdle();
    if (this.#broken) throw this.#broken.error;
    return false;
  }

  /**
   * Gives every idle lane its next batch; when the first of the others has one at the latest, and whether no lane was
   * busy when it was asked. One that has become idle since then may have a queue: it was not asked.
   */
  async #startLanes(): Promise<{ readonly wakeMs: number; readonly idle: boolean }> {
    let wakeMs = Number.POSITIVE_INFINITY;
    let idle = true;
    for (const lane of this.#lanes) {
      if (lane.busy) {
        idle = false;
        continue;
      }
      let work = lane.next(this.#reader);
      // A lane by itself has nobody to wait for: its batches follow one another.
      while (this.#lanes.length === 1 && work.kind !== 'nothing') {
        if (!(await lane.run(work))) return { wakeMs, idle: false };
        work = lane.next(this.#reader);
      }
      if (work.kind === 'nothing') {
        wakeMs = Math.min(wakeMs, work.wakeMs);
        continue;
      }
      idle = false;
      this.#start(lane, work);
    }
    return { wakeMs, idle };
  }

  #start(lane: Lane, work: Parameters<Lane['run']>[0]): void {
    lane.busy = true;
    lane
      .run(work)
      .catch((error: unknown) => {
        this.#broken ??= { error };
      })
      .finally(() => {
        lane.busy = false;
        this.#rouse();
      });
  }

  /** One read when it is time for it; else the wait for that, for `wakeMs`, for a lane, or for the session to drain. */
  async #readOrWait(wakeMs: number): Promise<void> {
    const { clock, tuning } = this.#session;
    const wanted = this.#lanes.some(({ busy }) => !busy) && !this.#reader.ended;
    const room = this.#lanes.length === 1 || this.#progress.ahead < tuning.laneAheadRecords;
    const pollMs = wanted && room ? this.#reader.nextPollMs : Number.POSITIVE_INFINITY;
    const untilMs = Math.min(wakeMs, pollMs);
    if (untilMs > clock.nowMs()) await this.#wait(untilMs);
    if (this.#session.drain.aborted || clock.nowMs() < pollMs) return;
    await this.#reader.poll();
    await this.#settleFiltered();
  }

  #accept(read: SourceRecord): void {
    const record = new ReadRecord(read);
    const { filter } = this.#session.config;
    this.#progress.read(record);
    if (filter && !filter(record.record)) {
      record.done = true;
      this.#filtered.push(record.sequenceNumber);
      return;
    }
    const count = this.#lanes.length;
    this.#lanes[count === 1 ? 0 : laneOf(orderingKey(record.record), count)]?.queue.push(record);
  }

  /** Records that were filtered out are dealt with: the position moves over them without an invocation. */
  async #settleFiltered(): Promise<void> {
    if (this.#filtered.length === 0) return;
    const sequenceNumbers = this.#filtered;
    this.#filtered = [];
    this.#session.metrics.filteredOut += sequenceNumbers.length;
    this.#session.observe({ kind: 'filtered', sequenceNumbers }, this.#shardId);
    if (this.#progress.advance()) await this.#save();
  }

  #save(): Promise<void> {
    return checkpoint(this.#session, this.#shardId, () => {
      const { safe } = this.#progress;
      const window = this.#lanes[0]?.window;
      return safe === undefined ? undefined : { kind: 'after', sequenceNumber: safe, ...(window ? { window } : {}) };
    });
  }

  async #finish(): Promise<boolean> {
    await checkpoint(this.#session, this.#shardId, () => ({ kind: 'finished' }));
    this.#finished = true;
    return true;
  }

  async #wait(untilMs: number): Promise<void> {
    const { clock } = this.#session;
    if (untilMs === Number.POSITIVE_INFINITY) await this.#nap.promise;
    else await clock.sleep(untilMs - clock.nowMs(), this.#wake.signal);
    if (!this.#wake.signal.aborted) return;
    this.#wake = new AbortController();
    this.#nap = Promise.withResolvers();
  }

  #rouse(): void {
    this.#wake.abort();
    this.#nap.resolve();
  }

  async #lanesIdle(): Promise<void> {
    while (this.#lanes.some(({ busy }) => busy)) await this.#wait(Number.POSITIVE_INFINITY);
  }
}

/** A window that was open under other settings cannot be continued: its length is not ours. */
function continued(position: ShardPosition | undefined, lengthMs: number): OpenWindow | undefined {
  const window = position?.kind === 'after' ? position.window : undefined;
  return window && window.endMs - window.startMs === lengthMs ? window : undefined;
}
