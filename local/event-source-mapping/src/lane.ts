import { BatchFormer, type NextWork, type ReadingState } from './batch-former.ts';
import { BatchRun, type BatchStep } from './batch-run.ts';
import { discard } from './discard.ts';
import type { MappingEvent } from './event.ts';
import { Fifo } from './fifo.ts';
import { invokeOnce } from './invoker.ts';
import type { OpenWindow } from './positions/position-store.ts';
import type { ReadRecord } from './read-record.ts';
import type { Session } from './session.ts';
import type { ShardProgress } from './shard-progress.ts';
import type { SourceRecord } from './source.ts';
import type { ShardPhase } from './status.ts';
import { finalEvent, outgrown, type WindowRules, windowEvent, windowOf, windowText } from './tumbling-window.ts';

/** The shard that a lane belongs to. */
export interface LaneShard {
  readonly session: Session;
  readonly windows: WindowRules;
  readonly progress: ShardProgress;
  /** Stores how far the shard is dealt with. */
  save(): Promise<void>;
}

/**
 * Records of a shard that are kept in order: all of them, or those of some keys when there are several lanes. It has
 * one invocation at a time, and a batch that fails holds up nothing but its lane.
 */
export class Lane {
  readonly queue = new Fifo<ReadRecord>();
  busy = false;
  phase: ShardPhase = 'reading';
  inFlight: readonly SourceRecord[] = [];
  attempt = 0;
  iteratorAgeMs: number | undefined;
  window: OpenWindow | undefined;
  readonly #shard: LaneShard;
  readonly #session: Session;
  readonly #windows: WindowRules;
  readonly #former: BatchFormer;
  #dueMs: number;
  #requestId: string | undefined;

  constructor(shard: LaneShard, window: OpenWindow | undefined) {
    this.#shard = shard;
    this.#session = shard.session;
    this.#windows = shard.windows;
    this.#former = new BatchFormer(shard.session, this.queue, shard.windows);
    this.window = window;
    this.#dueMs = this.#nextDueMs();
  }

  next(reading: ReadingState): NextWork {
    return this.#former.next(reading, { openWindow: this.window, dueMs: this.#dueMs });
  }

  /** Whether the work was taken to its end; it was not when the session drains. */
  async run(work: Exclude<NextWork, { kind: 'nothing' }>): Promise<boolean> {
    const done =
      work.kind === 'batch' ? await this.#process(this.#former.take(work.count)) : await this.#endWindow(false);
    this.#dueMs = this.#nextDueMs();
    return done;
  }

  #nextDueMs(): number {
    return this.#session.clock.nowMs() + this.#session.config.batchingWindowMs;
  }

  async #process(records: readonly ReadRecord[]): Promise<boolean> {
    const { config, tuning, source, clock, drain } = this.#session;
    const retentionMs = source.retentionMs ?? Number.POSITIVE_INFINITY;
    const run = new BatchRun(records, { ...config, ...tuning, retentionMs });
    this.inFlight = records;
    for (let step = run.next(clock.nowMs()); step.kind !== 'done'; step = run.next(clock.nowMs())) {
      if (drain.aborted && (step.kind === 'invoke' || step.kind === 'wait')) return false;
      if (step.kind === 'invoke') await this.#invoke(run, step.records, step.attempt);
      else await this.#carryOut(step);
      if (this.window && outgrown(this.window.state) && !(await this.#endWindow(true))) return false;
    }
    this.inFlight = [];
    this.attempt = 0;
    this.phase = 'reading';
    return true;
  }

  async #invoke(run: BatchRun<ReadRecord>, records: readonly ReadRecord[], attempt: number): Promise<void> {
    const { clock, tuning } = this.#session;
    this.phase = 'invoking';
    this.inFlight = records;
    this.attempt = attempt;
    if (tuning.iteratorAgeAt === 'sent') this.#age(records);
    const [first] = records;
    if (first && this.#windows.lengthMs > 0) this.window ??= windowOf(first, this.#windows.lengthMs);
    const event = this.#eventOf(records);
    const { shardId } = this.#windows;
    const { verdict, requestId } = await invokeOnce(this.#session, { shardId, event, records, attempt });
    this.#requestId = requestId;
    if (tuning.iteratorAgeAt === 'ended') this.#age(records);
    const progress = verdict.kind === 'success' || (verdict.kind === 'partial' && verdict.firstFailedIndex > 0);
    // Without progress the state stays as it was sent: what comes back then covers no record.
    if (progress && this.window && verdict.state) this.window = { ...this.window, state: verdict.state };
    run.settle(verdict, clock.nowMs());
  }

  #age(records: readonly SourceRecord[]): void {
    const last = records.at(-1);
    if (last) this.iteratorAgeMs = Math.max(0, this.#session.clock.nowMs() - last.arrivalMs);
  }

  async #carryOut(step: Exclude<BatchStep<ReadRecord>, { kind: 'invoke' | 'done' }>): Promise<void> {
    const { clock, drain, metrics } = this.#session;
    const { shardId } = this.#windows;
    if (step.kind === 'split') return this.#session.observe({ ...step, kind: 'bisect' }, shardId);
    if (step.kind === 'wait') {
      this.phase = 'retrying';
      this.#session.observe({ ...step, kind: 'retry' }, shardId);
      return clock.sleep(step.delayMs, drain);
    }
    if (step.kind === 'checkpoint') {
      if (step.processed) metrics.processed += step.records.length;
      for (const record of step.records) record.done = true;
      return this.#shard.progress.advance() ? this.#shard.save() : undefined;
    }
    if (step.kind === 'lost') {
      metrics.expired += step.records.length;
      const sequenceNumbers = step.records.map(({ sequenceNumber }) => sequenceNumber);
      return this.#session.observe({ kind: 'expired', sequenceNumbers }, shardId);
    }
    const event = this.#eventOf(step.records);
    await discard(this.#session, { ...step, shardId, event, requestId: this.#requestId });
  }

  #eventOf(records: readonly SourceRecord[]): MappingEvent {
    const [first] = records;
    if (this.#windows.lengthMs === 0 || !first) return { Records: records.map(({ record }) => record) };
    return windowEvent(this.#windows, this.window ?? windowOf(first, this.#windows.lengthMs), records);
  }

  /** The final invocation. The shard stays suspended until it succeeds; whether it did. */
  async #endWindow(early: boolean): Promise<boolean> {
    const { clock, drain, tuning } = this.#session;
    const { shardId } = this.#windows;
    const window = this.window;
    if (!window) return true;
    this.phase = 'endingWindow';
    const event = finalEvent(this.#windows, window, early);
    for (let failures = 0; ; failures += 1) {
      if (drain.aborted) return false;
      const attempt = { shardId, event, records: [], attempt: failures + 1 };
      const { verdict } = await invokeOnce(this.#session, attempt);
      if (verdict.kind === 'success') break;
      const delayMs = Math.min(tuning.backoff.maximumMs, tuning.backoff.baseMs * 2 ** failures);
      const reason = 'The final invocation of a tumbling window failed.';
      this.#session.observe({ kind: 'retry', delayMs, attempts: failures + 1, reason }, shardId);
      await clock.sleep(delayMs, drain);
    }
    this.window = early ? { ...window, state: {} } : undefined;
    await this.#shard.save();
    this.#session.observe({ kind: 'windowClosed', ...windowText(window), early }, shardId);
    this.phase = 'reading';
    return true;
  }
}
