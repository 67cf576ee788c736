import { PoisonRecordError, RetryableError } from '../../batch/errors.ts';
import type { ShardIdentity } from '../../batch/sink.ts';
import { replayHorizonS } from '../../change/replay-horizon.ts';
import { compareSequenceNumbers } from '../../change/version.ts';
import {
  type AggregatesDependencies,
  readCutEndingFrom,
  readPhase,
  readPhaseOfSlice,
  readPosition,
  run,
} from './checkpoints.ts';
import { markerTransaction } from './cut-transaction.ts';
import type { Deltas } from './deltas.ts';

export interface RecordIdentity {
  readonly shard: ShardIdentity;
  readonly sequenceNumber: string;
}

export interface RedriveRecord extends RecordIdentity {
  /** What the consumer's effects make of the record now; none when they filter it. */
  readonly deltas: Deltas;
  /** Creation time of the change, milliseconds since the epoch. */
  readonly createdAtMs: number;
}

/**
 * `counted` now; `duplicate`: a cut or an earlier redrive (or discard) settled it; `waits`: the consumer has not passed
 * the record yet and will take it by itself, redrive it afterwards if it fails again; `tooOld`: what would tell a
 * duplicate has been forgotten, so nothing was changed.
 */
export type RedriveOutcome = 'counted' | 'duplicate' | 'waits' | 'tooOld';

/** Phases change a few times in an aggregate's life: more moves than this are another fault. */
const MAX_MOVES = 10;

/**
 * The build gives up by itself when a record has failed since it began, and it cannot be told which of an item's
 * changes its scan has seen.
 */
export const WHILE_BUILDING =
  'a generation of the aggregates is being built: redrive or discard when that has ended, or abandon it first';

/**
 * Counts one record that its consumer gave up on, at most once however often it is redriven. Safe to repeat.
 *
 * The position is read before the cuts. The other way round a cut could be committed between the two reads: not seen
 * by the first, passed by the second, and the record counted twice.
 *
 * @throws {PoisonRecordError} when a counter refuses the record still
 * @throws {RetryableError} while a generation is being built
 */
export async function redriveRecord(
  record: RedriveRecord,
  dependencies: AggregatesDependencies,
): Promise<RedriveOutcome> {
  if (dependencies.clock.nowMs() >= record.createdAtMs + replayHorizonS * 1000) return 'tooOld';
  return settleRecord(record, dependencies);
}

/** Settles a record without counting it: a redrive of nothing, so that no later redrive counts it. */
export async function discardRecord(
  record: RecordIdentity,
  dependencies: AggregatesDependencies,
): Promise<'discarded' | 'duplicate' | 'waits'> {
  const outcome = await settleRecord({ ...record, deltas: [] }, dependencies);
  return outcome === 'counted' ? 'discarded' : outcome;
}

/** @throws {RetryableError} while a generation is being built */
export async function assertNotBuilding(dependencies: AggregatesDependencies): Promise<void> {
  if ((await readPhaseOfSlice(0, dependencies)).kind === 'build') throw whileBuilding();
}

function whileBuilding(): RetryableError {
  return new RetryableError('sink-conflict', WHILE_BUILDING);
}

/** True when a cut counted the record. Consistent; says nothing about markers. */
export async function isCountedByCut(record: RecordIdentity, dependencies: AggregatesDependencies): Promise<boolean> {
  const cut = await readCutEndingFrom(record, dependencies);
  if (cut === undefined || compareSequenceNumbers(cut.first, record.sequenceNumber) > 0) return false;
  return !cut.notCounted.includes(record.sequenceNumber);
}

async function settleRecord(
  record: RecordIdentity & { readonly deltas: Deltas },
  dependencies: AggregatesDependencies,
): Promise<'counted' | 'duplicate' | 'waits'> {
  const { shard, sequenceNumber } = record;
  for (let move = 0; move < MAX_MOVES; move += 1) {
    const phase = await readPhase(shard, dependencies);
    if (phase.kind === 'build') throw whileBuilding();
    const last = await readPosition(shard, dependencies);
    if (last === undefined || compareSequenceNumbers(last, sequenceNumber) < 0) {
      return 'waits';
    }
    if (await isCountedByCut(record, dependencies)) return 'duplicate'; // recovery: redriven-was-counted
    const context = { tables: dependencies.tables, nowMs: dependencies.clock.nowMs() };
    const result = await run(markerTransaction({ ...record, phase }, context), dependencies);
    if (result.kind === 'committed') return 'counted';
    if (result.kind === 'marked') return 'duplicate'; // recovery: redriven-before
    if (result.kind === 'refused')
      throw new PoisonRecordError('sink-rejected', `record ${sequenceNumber}: ${result.reason}`);
  }
  throw new RetryableError('sink-conflict', `the phase of the aggregates changed ${MAX_MOVES} times under a redrive`);
}
