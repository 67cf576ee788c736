import { FatalConfigError } from '../../batch/errors.ts';
import type { Cut, CutResult, Entry, OpenRange, RangeSink, ShardIdentity } from '../../batch/sink.ts';
import { type AggregatesDependencies, readPhase, readPosition, run } from './checkpoints.ts';
import { type Cursor, cutTransaction, MAX_COUNTERS_PER_CUT } from './cut-transaction.ts';
import { counterId, type Deltas } from './deltas.ts';

/**
 * Counts every change exactly once: a cut's deltas, the shard's new position and the record of the cut are one
 * transaction, conditional on the position that was read. A repeated, late or competing transaction finds the position
 * moved and changes nothing.
 */
export function createAggregatesSink(dependencies: AggregatesDependencies): RangeSink<Deltas, Cursor> {
  return {
    strategy: 'range',
    open: (shard) => open(shard, dependencies),
    cutLength,
    commit: (cut) => commit(cut, dependencies),
  };
}

/** The phase before the position: deltas that a later phase would make otherwise then fail on its check. */
async function open(shard: ShardIdentity, dependencies: AggregatesDependencies): Promise<OpenRange<Cursor>> {
  const phase = await readPhase(shard, dependencies);
  const last = await readPosition(shard, dependencies);
  return last === undefined ? { cursor: { phase } } : { last, cursor: { last, phase } };
}

/** Counters whose deltas cancel out are counted too: how the cut is halved later must not make it larger. */
function cutLength(entries: readonly Entry<Deltas>[]): number {
  const counters = new Set<string>();
  let length = 0;
  for (const { request } of entries) {
    for (const delta of request) counters.add(counterId(delta));
    if (counters.size > MAX_COUNTERS_PER_CUT) break;
    length += 1;
  }
  return Math.min(entries.length, Math.max(1, length));
}

async function commit(cut: Cut<Deltas, Cursor>, dependencies: AggregatesDependencies): Promise<CutResult<Cursor>> {
  const context = { tables: dependencies.tables, nowMs: dependencies.clock.nowMs() };
  const result = await run(cutTransaction(cut, context), dependencies);
  if (result.kind === 'committed') return { kind: 'committed', cursor: { ...cut.cursor, last: cut.last } };
  if (result.kind !== 'refused') return { kind: 'moved' };
  if (cut.entries.length > 0) return result;
  // Nothing but the checkpoint was to be written: no record is to blame.
  throw new FatalConfigError('configuration', 'DynamoDB refuses the rows of the checkpoints table: check its layout');
}
