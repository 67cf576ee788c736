import { FatalConfigError, RetryableError } from '../../batch/errors.ts';
import type { AttributeMap } from '../../change/attribute-value.ts';
import { type AggregatesDependencies, run } from './checkpoints.ts';
import { type AggregatesTables, fillTransaction, MAX_TRANSACTION_ITEMS, type Transaction } from './cut-transaction.ts';
import type { Deltas } from './deltas.ts';
import { type CountedItem, foundItem } from './item-contributions.ts';
import { SLICES } from './layout.ts';
import type { Phase } from './phase.ts';

/** An item as the scan of a build read it, consistently, after the phase was read. */
export interface FoundItem {
  readonly keys: AttributeMap;
  readonly contribution: Deltas;
}

/** Rounds after which live changes cannot have met every item of a transaction one by one. */
const MAX_ROUNDS = MAX_TRANSACTION_ITEMS + 1;

/**
 * Counts items in the generation that is being built, but only those that no change has met since the build began: of
 * the others it has something at least as new. Safe to repeat, with older reads as well. Resolves with how many were
 * holes.
 *
 * @throws {RetryableError} when the phase is no longer `phase`, or DynamoDB does not confirm: repeat it
 */
export async function fillHoles(
  { found, phase }: { readonly found: readonly FoundItem[]; readonly phase: Phase },
  dependencies: AggregatesDependencies,
): Promise<number> {
  const { next } = phase;
  if (phase.kind !== 'build' || next === undefined) throw ended();
  // An item that adds nothing needs no row: a change that meets it begins with nothing as well.
  const adding = found.filter(({ contribution }) => contribution.length > 0);
  let rest = adding.map(({ keys, contribution }) => foundItem(keys, { generation: next, contribution }));
  let filled = 0;
  while (rest.length > 0) {
    const { items, transaction } = pack(rest, { phase, tables: dependencies.tables });
    filled += await fill({ items, transaction, phase }, dependencies);
    rest = rest.slice(items.length);
  }
  return filled;
}

/** Without the items that turn out to have been met. */
async function fill(
  given: { items: readonly CountedItem[]; transaction: Transaction; phase: Phase },
  dependencies: AggregatesDependencies,
): Promise<number> {
  const { phase } = given;
  let { items, transaction } = given;
  for (let round = 0; round < MAX_ROUNDS && items.length > 0; round += 1) {
    const result = await run(transaction, dependencies);
    if (result.kind === 'committed') return items.length;
    if (result.kind === 'refused') {
      throw new FatalConfigError('configuration', `a counter cannot take what is in the table: ${result.reason}`);
    }
    if (result.kind !== 'itemsMoved') throw ended();
    // The items follow the phase in the transaction.
    items = items.filter((_, index) => !result.indexes.includes(index + 1));
    if (items.length > 0) transaction = fillTransaction(placed(items, phase), dependencies.tables);
  }
  return 0;
}

/** As many as fit into one transaction. */
function pack(items: readonly CountedItem[], { phase, tables }: { phase: Phase; tables: AggregatesTables }) {
  let count = Math.min(items.length, MAX_TRANSACTION_ITEMS - 2);
  for (;;) {
    const head = items.slice(0, count);
    const transaction = fillTransaction(placed(head, phase), tables);
    if (transaction.items.length <= MAX_TRANSACTION_ITEMS || count === 1) return { items: head, transaction };
    count = Math.max(1, count - Math.ceil((transaction.items.length - MAX_TRANSACTION_ITEMS) / 2));
  }
}

/** Spread over the slices, so that scan and shards rarely meet on a counter. */
function placed(items: readonly CountedItem[], phase: Phase) {
  const hash = items[0]?.key.row?.S?.slice(-8) ?? '0';
  return { items, phase, slice: Number.parseInt(hash, 16) % SLICES };
}

function ended(): RetryableError {
  return new RetryableError('sink-conflict', 'the build that the scan belongs to has gone on or ended');
}
