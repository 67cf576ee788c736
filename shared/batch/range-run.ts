import { compareSequenceNumbers } from '../change/version.ts';
import { attempt } from './attempt.ts';
import type { Batch, BatchRecord, RecordOutcome } from './batch.ts';
import { forEachBounded } from './bounded.ts';
import { deadlineNear } from './deadline.ts';
import { InvariantError, PoisonRecordError, RetryableError } from './errors.ts';
import { type DraftCut, entriesOf, takeCut } from './range-cut.ts';
import type { OpenRange, RangeSink, ShardIdentity } from './sink.ts';

const deadLettersAtOnce = 8;

/** Times that another invocation may move the position before this one leaves the rest to it. */
const movedMax = 5;

/** One batch on its way through a `range` sink: what is left of it, and what is known about the rest. */
export class RangeRun<Request> {
  readonly #sink: RangeSink<Request>;
  readonly #batch: Batch<Request>;
  readonly #shard: ShardIdentity;
  /** Dead letters of this run: a record that is cut again is not stored again. */
  readonly #buried = new Map<number, RecordOutcome>();
  #rest: readonly BatchRecord<Request>[];
  #range: OpenRange<unknown> | undefined;
  #moved = 0;
  /** Entries at the head of the rest among which at least one was refused. 0: none known. */
  #suspects = 0;

  constructor(options: {
    readonly sink: RangeSink<Request>;
    readonly batch: Batch<Request>;
    readonly shard: ShardIdentity;
  }) {
    this.#sink = options.sink;
    this.#batch = options.batch;
    this.#shard = options.shard;
    this.#rest = options.batch.records;
  }

  /** What `toEnd` could not resolve, from the first unresolved record on. */
  get rest(): readonly BatchRecord<Request>[] {
    return this.#rest;
  }

  /** Resolves with what ended the batch early, `undefined` when every record is settled. */
  async toEnd(): Promise<RetryableError | undefined> {
    while (this.#rest.some(({ reading }) => reading.kind !== 'filtered')) {
      const failure = deadlineNear(this.#batch.limits) ?? (await this.#step());
      if (failure !== undefined) return failure; // recovery: batch-ended-early
    }
    // No cut covers a tail without requests when everything before it is committed: it is filtered again at no cost.
    this.#settleHead(this.#rest.length);
    return undefined;
  }

  async #step(): Promise<RetryableError | undefined> {
    const range = this.#range ?? (await this.#open());
    if (range instanceof RetryableError) return range;
    if (this.#rest.length === 0) return undefined;
    const entriesMax = this.#suspects === 0 ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(this.#suspects / 2));
    const { cut, failure } = await this.#buryPoison(
      takeCut(this.#sink, this.#rest, { cursor: range.cursor, entriesMax }),
    );
    return (await this.#commit(range, cut)) ?? (this.#range === undefined ? undefined : failure);
  }

  /** Reads where the shard stands and drops what is done. */
  async #open(): Promise<OpenRange<unknown> | RetryableError> {
    const result = await attempt(() => this.#sink.open(this.#shard));
    if (result.kind === 'retry') return result.error;
    if (result.kind === 'poison') {
      throw new InvariantError('invariant', 'a sink called a record poison before it saw one', { cause: result.error });
    }
    const { last } = result.value;
    if (last !== undefined) {
      const isDone = ({ position }: BatchRecord<Request>) => compareSequenceNumbers(position.sequenceNumber, last) <= 0;
      for (const record of this.#rest.filter(isDone)) {
        // recovery: passed-record-dropped
        this.#batch.settle(record, { kind: 'duplicate' });
      }
      this.#rest = this.#rest.filter((record) => !isDone(record));
    }
    this.#range = result.value;
    return result.value;
  }

  /** Stores the dead letters of a cut. The cut ends before the first that cannot be stored: it is unresolved. */
  async #buryPoison(
    cut: DraftCut<Request>,
  ): Promise<{ readonly cut: DraftCut<Request>; readonly failure: RetryableError | undefined }> {
    const failures = new Map<number, RetryableError>();
    await forEachBounded(cut.records, deadLettersAtOnce, async (record) => {
      if (record.reading.kind !== 'poison' || this.#buried.has(record.index)) return;
      const late = deadlineNear(this.#batch.limits);
      const outcome = late === undefined ? await this.#batch.bury(record, record.reading.error) : undefined;
      if (outcome?.kind === 'deadLettered') this.#buried.set(record.index, outcome);
      else failures.set(record.index, outcome?.kind === 'retry' ? outcome.error : lateOrUnknown(late));
    });
    const end = cut.records.findIndex(({ index }) => failures.has(index));
    const blocker = cut.records[end];
    if (blocker === undefined) return { cut, failure: undefined };
    const records = cut.records.slice(0, end);
    // recovery: cut-ends-before-dead-letter
    return { cut: { records, entries: entriesOf(records) }, failure: failures.get(blocker.index) };
  }

  async #commit(range: OpenRange<unknown>, cut: DraftCut<Request>): Promise<RetryableError | undefined> {
    const first = cut.records[0];
    const last = cut.records.at(-1);
    if (first === undefined || last === undefined) return undefined;
    const notCounted = cut.records.filter(({ reading }) => reading.kind === 'poison');
    if (cut.entries.length === 0 && notCounted.length === 0) {
      this.#settleHead(cut.records.length);
      return undefined;
    }
    const result = await attempt(() =>
      this.#sink.commit({
        shard: this.#shard,
        cursor: range.cursor,
        first: first.position.sequenceNumber,
        last: last.position.sequenceNumber,
        entries: cut.entries,
        notCounted: notCounted.map(({ position }) => position.sequenceNumber),
      }),
    );
    if (result.kind === 'retry') return result.error;
    if (result.kind === 'poison') return this.#narrow(cut, result.error);
    switch (result.value.kind) {
      case 'committed':
        this.#range = { last: last.position.sequenceNumber, cursor: result.value.cursor };
        this.#suspects = Math.max(0, this.#suspects - cut.entries.length);
        this.#settleHead(cut.records.length);
        return undefined;
      case 'moved':
        // recovery: position-moved
        return this.#forgetRange();
      case 'refused':
        // recovery: cut-refused
        return this.#narrow(cut, new PoisonRecordError('sink-rejected', result.value.reason));
    }
  }

  /** Halves a refused cut; a single entry is poison, whose dead letter is stored when it is cut again. */
  #narrow(cut: DraftCut<Request>, error: PoisonRecordError): undefined {
    if (cut.entries.length === 0) {
      throw new InvariantError('invariant', `a cut without entries was refused: ${error.message}`, { cause: error });
    }
    this.#suspects = cut.entries.length > 1 ? cut.entries.length : 0;
    if (cut.entries.length > 1) return; // recovery: cut-halved
    const refused = cut.records.find(({ reading }) => reading.kind === 'entry');
    this.#rest = this.#rest.map((record) =>
      record === refused ? { ...record, reading: { kind: 'poison', error } } : record,
    );
  }

  #forgetRange(): RetryableError | undefined {
    this.#range = undefined;
    this.#suspects = 0;
    this.#moved += 1;
    if (this.#moved <= movedMax) return undefined;
    return new RetryableError('sink-conflict', `others moved the position of ${this.#shard.shardId} ${movedMax} times`);
  }

  #settleHead(count: number): void {
    for (const record of this.#rest.slice(0, count)) {
      const { reading } = record;
      const outcome: RecordOutcome | undefined =
        reading.kind === 'poison'
          ? this.#buried.get(record.index)
          : { kind: reading.kind === 'entry' ? 'applied' : 'filtered' };
      if (outcome === undefined) throw new InvariantError('invariant', 'poison was committed without a dead letter');
      this.#batch.settle(record, outcome);
    }
    this.#rest = this.#rest.slice(count);
  }
}

function lateOrUnknown(late: RetryableError | undefined): RetryableError {
  return late ?? new RetryableError('unknown', 'a dead letter was not stored');
}
