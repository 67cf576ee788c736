import { attempt } from './attempt.ts';
import type { RecordOutcome } from './batch.ts';
import { deadlineNear } from './deadline.ts';
import { inOrder } from './delivered.ts';
import { InvariantError } from './errors.ts';
import type { Observation } from './process-batch.ts';
import type { BatchResponse } from './response.ts';
import type { DeliveredBatch, DeliveredRecord, Limits, WholeSink } from './sink.ts';

export interface WholeInput {
  /** `event.Records`, of one shard. */
  readonly records: readonly unknown[];
  readonly shardId?: string;
  readonly sink: WholeSink;
  readonly consumer: string;
  readonly limits: Limits;
  /** Told the outcome of every record exactly once, in their order. */
  readonly observe?: (observation: Observation) => void;
}

/**
 * Takes a batch to a sink that wants it as it was delivered: all of it, or none. What cannot be decoded is kept like
 * everything else, so there are no dead letters. An unresolved batch is reported by its first record.
 *
 * @throws {PipelineError} of disposition `abort`: the batch comes again.
 */
export async function processWhole(input: WholeInput): Promise<BatchResponse> {
  const records = inOrder(input.records, input.shardId);
  const [first] = records;
  if (first === undefined) return { batchItemFailures: [] };
  const outcome = await keep(input, { ...shardOf(records, first), records });
  for (const { position } of records) input.observe?.({ consumer: input.consumer, position, outcome });
  return { batchItemFailures: outcome.kind === 'retry' ? [{ itemIdentifier: first.position.sequenceNumber }] : [] };
}

async function keep({ sink, limits }: WholeInput, batch: DeliveredBatch): Promise<RecordOutcome> {
  const late = deadlineNear(limits);
  if (late !== undefined) return { kind: 'retry', error: late };
  const result = await attempt(() => sink.keep(batch));
  switch (result.kind) {
    case 'done':
      return { kind: 'applied' };
    case 'retry':
      return result; // recovery: batch-not-kept
    case 'poison':
      throw new InvariantError('invariant', 'a sink that reads nothing found poison', { cause: result.error });
  }
}

/** A record whose identifier is garbled does not tell its shard; the others of the batch do. */
function shardOf(records: readonly DeliveredRecord[], first: DeliveredRecord): Omit<DeliveredBatch, 'records'> {
  const { streamArn } = first.position;
  const [shardId, ...others] = new Set(records.flatMap(({ position }) => position.shardId ?? []));
  if (others.length > 0 || records.some(({ position }) => position.streamArn !== streamArn)) {
    throw new InvariantError('invariant', 'the records of a batch come from several shards');
  }
  return shardId === undefined ? { streamArn } : { streamArn, shardId };
}
