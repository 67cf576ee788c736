import { AbandonedError } from './abandon.ts';
import { gather } from './batch-gatherer.ts';
import { BatchRun, type BatchStep } from './batch-run.ts';
import { discard } from './discard.ts';
import type { MappingEvent } from './event.ts';
import { invokeOnce } from './invoker.ts';
import type { OpenWindow } from './positions/position-store.ts';
import { checkpoint, type Session } from './session.ts';
import { ShardReader } from './shard-reader.ts';
import type { SourceRecord } from './source.ts';
import type { ShardPhase, ShardStatus } from './status.ts';
import { finalEvent, outgrown, type WindowRules, windowEvent, windowOf, windowText } from './tumbling-window.ts';

/** Takes one shard to its end, batch by batch, in order, with one invocation at a time. */
export class ShardWorker {
  readonly #session: Session;
  readonly #shardId: string;
  readonly #reader: ShardReader;
  readonly #windows: WindowRules;
  #window: OpenWindow | undefined;
  #checkpoint: string | undefined;
  #phase: ShardPhase = 'reading';
  #inFlight: readonly SourceRecord[] = [];
  #attempt = 0;
  #iteratorAgeMs: number | undefined;
  #requestId: string | undefined;

  constructor(session: Session, shardId: string) {
    const position = session.checkpoints.get(shardId);
    this.#session = session;
    this.#shardId = shardId;
    this.#reader = new ShardReader(session, shardId, position);
    this.#windows = { lengthMs: session.config.tumblingWindowMs, shardId, eventSourceArn: session.source.arn };
    if (position?.kind !== 'after') return;
    this.#checkpoint = position.sequenceNumber;
    // A window that was open under other settings cannot be continued: its length is not ours.
    const lengthMs = this.#windows.lengthMs;
    if (position.window && position.window.endMs - position.window.startMs === lengthMs) this.#window = position.window;
  }

  /** Resolves when the shard is finished, or when the session drains or stops. */
  async run(): Promise<void> {
    this.#session.observe({ kind: 'shardStarted' }, this.#shardId);
    try {
      if (await this.#readToEnd()) this.#session.observe({ kind: 'shardFinished' }, this.#shardId);
    } catch (error) {
      if (!(error instanceof AbandonedError)) throw error;
    }
  }

  status(): ShardStatus {
    const oldest = this.#inFlight[0] ?? this.#reader.buffer[0];
    return {
      shardId: this.#shardId,
      phase: this.#phase,
      checkpoint: this.#checkpoint,
      lastRead: this.#reader.lastRead,
      inFlight: this.#inFlight.length,
      buffered: this.#reader.buffer.length,
      attempt: this.#attempt,
      iteratorAgeMs: this.#iteratorAgeMs,
      lagMs: oldest ? Math.max(0, this.#session.clock.nowMs() - oldest.arrivalMs) : this.#reader.behindMs,
    };
  }

  /** Whether the end was reached. */
  async #readToEnd(): Promise<boolean> {
    const { clock, config } = this.#session;
    let dueMs = clock.nowMs() + config.batchingWindowMs;
    for (;;) {
      const gathered = await gather(this.#session, this.#reader, {
        openWindow: this.#window,
        rules: this.#windows,
        dueMs,
      });
      if (gathered.kind === 'drained') return false;
      if (gathered.kind === 'shardEnd') break;
      const done = gathered.kind === 'batch' ? await this.#process(gathered.records) : await this.#endWindow(false);
      if (!done) return false;
      dueMs = clock.nowMs() + config.batchingWindowMs;
    }
    await checkpoint(this.#session, this.#shardId, { kind: 'finished' });
    this.#phase = 'finished';
    return true;
  }

  /** Whether the batch was taken to its end. */
  async #process(records: readonly SourceRecord[]): Promise<boolean> {
    const { config, tuning, clock, drain } = this.#session;
    const run = new BatchRun(records, { ...config, ...tuning });
    this.#inFlight = records;
    for (let step = run.next(clock.nowMs()); step.kind !== 'done'; step = run.next(clock.nowMs())) {
      if (drain.aborted && (step.kind === 'invoke' || step.kind === 'wait')) return false;
      if (step.kind === 'invoke') await this.#invoke(run, step.records, step.attempt);
      else await this.#carryOut(step);
      if (this.#window && outgrown(this.#window.state) && !(await this.#endWindow(true))) return false;
    }
    this.#inFlight = [];
    this.#attempt = 0;
    this.#phase = 'reading';
    return true;
  }

  async #invoke(run: BatchRun, records: readonly SourceRecord[], attempt: number): Promise<void> {
    const { clock } = this.#session;
    const last = records.at(-1);
    this.#phase = 'invoking';
    this.#inFlight = records;
    this.#attempt = attempt;
    if (last) this.#iteratorAgeMs = Math.max(0, clock.nowMs() - last.arrivalMs);
    const [first] = records;
    if (first && this.#windows.lengthMs > 0) this.#window ??= windowOf(first, this.#windows.lengthMs);
    const event = this.#eventOf(records);
    const { verdict, requestId } = await invokeOnce(this.#session, { shardId: this.#shardId, event, records, attempt });
    this.#requestId = requestId;
    const progress = verdict.kind === 'success' || (verdict.kind === 'partial' && verdict.firstFailedIndex > 0);
    // Without progress the state stays as it was sent: what comes back then covers no record.
    if (progress && this.#window && verdict.state) this.#window = { ...this.#window, state: verdict.state };
    run.settle(verdict);
  }

  async #carryOut(step: Exclude<BatchStep, { kind: 'invoke' | 'done' }>): Promise<void> {
    const { clock, drain, metrics } = this.#session;
    if (step.kind === 'split') return this.#session.observe({ ...step, kind: 'bisect' }, this.#shardId);
    if (step.kind === 'wait') {
      this.#phase = 'retrying';
      this.#session.observe({ ...step, kind: 'retry' }, this.#shardId);
      return clock.sleep(step.delayMs, drain);
    }
    if (step.kind === 'checkpoint') {
      if (step.processed) metrics.processed += step.records.length;
      return this.#moveTo(step.records.at(-1)?.sequenceNumber);
    }
    const event = this.#eventOf(step.records);
    await discard(this.#session, { ...step, shardId: this.#shardId, event, requestId: this.#requestId });
  }

  async #moveTo(sequenceNumber: string | undefined): Promise<void> {
    if (sequenceNumber === undefined) return;
    const window = this.#window ? { window: this.#window } : {};
    await checkpoint(this.#session, this.#shardId, { kind: 'after', sequenceNumber, ...window });
    this.#checkpoint = sequenceNumber;
  }

  #eventOf(records: readonly SourceRecord[]): MappingEvent {
    const [first] = records;
    if (this.#windows.lengthMs === 0 || !first) return { Records: records.map(({ record }) => record) };
    return windowEvent(this.#windows, this.#window ?? windowOf(first, this.#windows.lengthMs), records);
  }

  /** The final invocation. The shard stays suspended until it succeeds; whether it did. */
  async #endWindow(early: boolean): Promise<boolean> {
    const { clock, drain, tuning } = this.#session;
    const window = this.#window;
    if (!window) return true;
    this.#phase = 'endingWindow';
    const event = finalEvent(this.#windows, window, early);
    for (let failures = 0; ; failures += 1) {
      if (drain.aborted) return false;
      const attempt = { shardId: this.#shardId, event, records: [], attempt: failures + 1 };
      const { verdict } = await invokeOnce(this.#session, attempt);
      if (verdict.kind === 'success') break;
      const delayMs = Math.min(tuning.backoff.maximumMs, tuning.backoff.baseMs * 2 ** failures);
      const reason = 'The final invocation of a tumbling window failed.';
      this.#session.observe({ kind: 'retry', delayMs, attempts: failures + 1, reason }, this.#shardId);
      await clock.sleep(delayMs, drain);
    }
    this.#window = early ? { ...window, state: {} } : undefined;
    await this.#moveTo(this.#checkpoint);
    this.#session.observe({ kind: 'windowClosed', ...windowText(window), early }, this.#shardId);
    this.#phase = 'reading';
    return true;
  }
}
