import { FatalConfigError, RetryableError } from '../../batch/errors.ts';
import type { Cut, CutResult, OpenRange, RangeSink, ShardIdentity } from '../../batch/sink.ts';
import type { Change } from '../../change/change.ts';
import { type AggregatesDependencies, readPhase, readPosition, run } from './checkpoints.ts';
import { cutLength } from './cut-length.ts';
import { type Cursor, cutTransaction, MAX_TRANSACTION_ITEMS } from './cut-transaction.ts';
import type { Deltas } from './deltas.ts';
import { readItems } from './read-items.ts';

export interface AggregatesSinkDependencies extends AggregatesDependencies {
  /** What the item of the change adds after it. Pure. */
  readonly contribution: (change: Change) => Deltas;
}

/** Times that the scan of a build may meet the items of one cut before the mapping is to try again. */
const MAX_MEETINGS = 10;

/**
 * Counts every change exactly once: a cut's deltas, the shard's new position and the record of the cut are one
 * transaction, conditional on the position that was read. A repeated, late or competing transaction finds the position
 * moved and changes nothing.
 */
export function createAggregatesSink(dependencies: AggregatesSinkDependencies): RangeSink<Deltas, Cursor> {
  return {
    strategy: 'range',
    open: (shard) => open(shard, dependencies),
    cutLength: (entries, cursor) => cutLength(entries, cursor, dependencies.contribution),
    commit: (cut) => commit(cut, dependencies),
  };
}

/** The phase before the position: deltas that a later phase would make otherwise then fail on its check. */
async function open(shard: ShardIdentity, dependencies: AggregatesDependencies): Promise<OpenRange<Cursor>> {
  const phase = await readPhase(shard, dependencies);
  const last = await readPosition(shard, dependencies);
  return last === undefined ? { cursor: { phase } } : { last, cursor: { last, phase } };
}

async function commit(cut: Cut<Deltas, Cursor>, dependencies: AggregatesSinkDependencies): Promise<CutResult<Cursor>> {
  const { next } = cut.cursor.phase;
  const isBuilding = cut.cursor.phase.kind === 'build' && next !== undefined;
  for (let meeting = 0; meeting < MAX_MEETINGS; meeting += 1) {
    const items = isBuilding ? await readItems({ entries: cut.entries, generation: next }, dependencies) : [];
    const context = { tables: dependencies.tables, nowMs: dependencies.clock.nowMs(), items };
    const transaction = cutTransaction(cut, context);
    if (transaction.items.length > MAX_TRANSACTION_ITEMS && cut.entries.length > 1) {
      return { kind: 'refused', reason: `a transaction takes ${MAX_TRANSACTION_ITEMS} items` };
    }
    const result = await run(transaction, dependencies);
    if (result.kind === 'itemsMoved') continue;
    if (result.kind === 'committed') return { kind: 'committed', cursor: { ...cut.cursor, last: cut.last } };
    if (result.kind !== 'refused') return { kind: 'moved' }; // recovery: cut-out-of-date
    if (cut.entries.length > 0) return result; // recovery: counter-refuses
    // Nothing but the checkpoint was to be written: no record is to blame.
    throw new FatalConfigError('configuration', 'DynamoDB refuses the rows of the checkpoints table: check its layout');
  }
  throw new RetryableError('sink-conflict', `the build met the items of one cut ${MAX_MEETINGS} times`);
}
