import type { RecordOutcome } from '../../batch/batch.ts';
import { PoisonRecordError, RetryableError } from '../../batch/errors.ts';
import { type BatchInput, processBatch } from '../../batch/process-batch.ts';
import { readRecord } from '../../batch/read-record.ts';
import type { ShardIdentity } from '../../batch/sink.ts';
import type { Position } from '../../change/change.ts';
import { readPosition } from '../../change/position.ts';
import { compareSequenceNumbers } from '../../change/version.ts';
import type { AggregatesDependencies } from './checkpoints.ts';
import type { Deltas } from './deltas.ts';
import {
  assertNotBuilding,
  discardRecord,
  isCountedByCut,
  type RedriveOutcome,
  redriveRecord,
  WHILE_BUILDING,
} from './redrive.ts';
import { createAggregatesSink } from './sink.ts';

/** A batch that the mapping gave up on, with what its consumer reads records with. */
export interface FailedBatch extends Omit<BatchInput<Deltas>, 'sink' | 'observe' | 'shardId'> {
  readonly shardId: string;
}

/** `unresolved`: redrive the batch again; what is settled stays settled. */
export type BatchRedriveOutcome = RedriveOutcome | 'filtered' | 'deadLettered' | 'unresolved';

export interface RedrivenRecord {
  readonly position: Position;
  readonly outcome: BatchRedriveOutcome;
}

/**
 * Redrives a failure object: what lies beyond the shard's position takes the path of a live batch. For what that path
 * drops because the position has passed it, the position says nothing: the mapping went on without these records. They
 * are settled one by one, by the cuts and markers.
 *
 * @throws {RetryableError} while a generation is being built
 */
export async function redriveBatch(
  batch: FailedBatch,
  dependencies: AggregatesDependencies,
): Promise<readonly RedrivenRecord[]> {
  await assertNotBuilding(dependencies);
  const observed: { position: Position; outcome: RecordOutcome }[] = [];
  const sink = createSink(dependencies);
  await processBatch({ ...batch, sink, observe: (observation) => observed.push(observation) });
  const rawRecords = new Map(batch.records.map((raw) => [readPosition(raw)?.sequenceNumber, raw]));
  const redriven: RedrivenRecord[] = [];
  for (const { position, outcome } of observed) {
    const raw = rawRecords.get(position.sequenceNumber);
    const isPassed = outcome.kind === 'duplicate';
    const settled = isPassed ? await settlePassed({ raw, position, batch }, dependencies) : afterLivePath(outcome);
    redriven.push({ position, outcome: settled });
  }
  return redriven;
}

/**
 * Settles every record of a failure object without counting it. What lies beyond the position is covered by a cut that
 * counts nothing and lists nothing: a redrive of an older failure object that holds the same records skips them.
 */
export async function discardBatch(
  batch: { readonly shard: ShardIdentity; readonly sequenceNumbers: readonly string[] },
  dependencies: AggregatesDependencies,
): Promise<void> {
  await assertNotBuilding(dependencies);
  const sink = createSink(dependencies);
  const { shard } = batch;
  const inOrder = batch.sequenceNumbers.toSorted(compareSequenceNumbers);
  for (;;) {
    const { last: position, cursor } = await sink.open(shard);
    const beyond = inOrder.filter((one) => position === undefined || compareSequenceNumbers(one, position) > 0);
    const [first] = beyond;
    const last = beyond.at(-1);
    if (first === undefined || last === undefined) break;
    await sink.commit({ shard, cursor, first, last, entries: [], notCounted: [] });
  }
  for (const sequenceNumber of inOrder) await discardRecord({ shard, sequenceNumber }, dependencies);
}

/** Should a build begin under a redrive, the redrive stops. */
function createSink(dependencies: AggregatesDependencies) {
  const contribution = (): Deltas => {
    throw new RetryableError('sink-conflict', WHILE_BUILDING);
  };
  return createAggregatesSink({ ...dependencies, contribution });
}

async function settlePassed(
  record: { readonly raw: unknown; readonly position: Position; readonly batch: FailedBatch },
  dependencies: AggregatesDependencies,
): Promise<BatchRedriveOutcome> {
  const { raw, position, batch } = record;
  const { streamArn, sequenceNumber } = position;
  const identity = { shard: { streamArn, shardId: batch.shardId }, sequenceNumber };
  const reading = readRecord(raw, batch);
  if (reading.kind === 'filtered') return 'filtered';
  if (reading.kind === 'poison') {
    if (await isCountedByCut(identity, dependencies)) return 'duplicate';
    return bury(record, reading.error);
  }
  const createdAtMs = Number(reading.change.createdAt.microseconds / 1000n);
  try {
    return await redriveRecord({ ...identity, deltas: reading.request, createdAtMs }, dependencies);
  } catch (error) {
    if (error instanceof PoisonRecordError) return bury(record, error);
    throw error;
  }
}

async function bury(
  { raw, position, batch }: { raw: unknown; position: Position; batch: FailedBatch },
  { code, message }: PoisonRecordError,
): Promise<'deadLettered'> {
  await batch.deadLetters.store({ consumer: batch.consumer, position, record: raw, error: { code, message } });
  return 'deadLettered';
}

function afterLivePath(outcome: RecordOutcome): BatchRedriveOutcome {
  switch (outcome.kind) {
    case 'applied':
      return 'counted';
    case 'retry':
      return 'unresolved';
    case 'filtered':
    case 'deadLettered':
      return outcome.kind;
    case 'duplicate':
    case 'stale':
      return 'duplicate';
  }
}
