import type { Change, Position } from '../change/change.ts';
import type { Batch, BatchRecord, RecordOutcome } from './batch.ts';
import type { DeadLetterStore } from './dead-letter.ts';
import { inOrder } from './delivered.ts';
import { runEach } from './each.ts';
import { InvariantError, isPipelineError, type PoisonRecordError, RetryableError } from './errors.ts';
import { runNewest } from './newest.ts';
import { runRange } from './range.ts';
import { readRecord } from './read-record.ts';
import type { BatchResponse } from './response.ts';
import type { Limits, Sink, WindowState } from './sink.ts';
import { runWindow, type WindowTurn } from './window.ts';

export interface BatchInput<Request> {
  /** `event.Records`, of one shard. */
  readonly records: readonly unknown[];
  /** `event.shardId` of a tumbling-window event; Kinesis records name their shard themselves. */
  readonly shardId?: string;
  /** What a tumbling-window event says of its window; for a sink of strategy `window`. */
  readonly window?: WindowTurn;
  readonly parse: (record: unknown) => Change;
  /** Pure. `undefined`: this change is none of the consumer's business. */
  readonly effects: (change: Change) => Request | undefined;
  readonly sink: Sink<Request>;
  /** Name of the consumer, for dead letters and observers. */
  readonly consumer: string;
  readonly deadLetters: DeadLetterStore;
  readonly limits: Limits;
  /** Told the outcome of every record exactly once, in their order, when the batch has been processed. */
  readonly observe?: (observation: Observation) => void;
}

export interface Observation {
  readonly consumer: string;
  readonly position: Position;
  readonly outcome: RecordOutcome;
}

export interface ProcessedBatch extends BatchResponse {
  /** For a sink of strategy `window`: what Lambda is to hand to the next invocation of the window. */
  readonly state?: WindowState;
}

/**
 * Takes one batch to a sink and answers Lambda: the lowest sequence number that is not resolved, or none.
 *
 * Every record is applied, recognised as done before (`duplicate`, `stale`), none of the consumer's business
 * (`filtered`), durable as a dead letter, or unresolved, and then it bounds the answer. Safe to repeat at any await.
 *
 * @throws {PipelineError} of disposition `abort`: the whole batch comes again, nothing is dead-lettered for it.
 * @see AWS Lambda Developer Guide, "Configuring partial batch response with DynamoDB and Lambda"
 */
export async function processBatch<Request>(input: BatchInput<Request>): Promise<ProcessedBatch> {
  const records = readAll(input);
  const outcomes: (RecordOutcome | undefined)[] = records.map(() => undefined);
  const batch: Batch<Request> = {
    consumer: input.consumer,
    records,
    limits: input.limits,
    bury: (record, error) => bury({ record, error, input }),
    settle: (record, outcome) => {
      if (outcomes[record.index]) throw new InvariantError('invariant', 'a record was settled twice');
      outcomes[record.index] = outcome;
    },
  };
  const state = await runStrategy(input.sink, batch, input.window);
  for (const record of records) {
    const outcome = outcomes[record.index];
    if (outcome === undefined) throw new InvariantError('invariant', 'a record was left without an outcome');
    input.observe?.({ consumer: input.consumer, position: record.position, outcome });
  }
  const unresolved = records.find((record) => outcomes[record.index]?.kind === 'retry');
  const batchItemFailures = unresolved ? [{ itemIdentifier: unresolved.position.sequenceNumber }] : [];
  return state === undefined ? { batchItemFailures } : { batchItemFailures, state };
}

function readAll<Request>(input: BatchInput<Request>): readonly BatchRecord<Request>[] {
  return inOrder(input.records, input.shardId).map((record, index) => ({
    ...record,
    index,
    reading: readRecord(record.raw, input),
  }));
}

async function runStrategy<Request>(
  sink: Sink<Request>,
  batch: Batch<Request>,
  window: WindowTurn | undefined,
): Promise<WindowState | undefined> {
  switch (sink.strategy) {
    case 'range':
      await runRange(sink, batch);
      return undefined;
    case 'newest':
      await runNewest(sink, batch);
      return undefined;
    case 'each':
      await runEach(sink, batch);
      return undefined;
    case 'window':
      return runWindow(sink, batch, window);
  }
}

async function bury<Request>(options: {
  readonly record: BatchRecord<Request>;
  readonly error: PoisonRecordError;
  readonly input: BatchInput<Request>;
}): Promise<RecordOutcome> {
  const { record, error, input } = options;
  const { code, message } = error;
  try {
    const { position, raw } = record;
    await input.deadLetters.store({ consumer: input.consumer, position, record: raw, error: { code, message } });
    return { kind: 'deadLettered', code };
  } catch (failure) {
    // recovery: dead-letter-not-stored
    if (isPipelineError(failure) && failure.disposition === 'abort') throw failure;
    const problem = 'a dead letter could not be stored, so its record stays unresolved';
    return { kind: 'retry', error: new RetryableError('dead-letter-not-stored', problem, { cause: failure }) };
  }
}
