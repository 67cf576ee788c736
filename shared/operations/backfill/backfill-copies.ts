import type { Clock, Random } from '../../batch/clock.ts';
import type { Brought, ItemCopies, ReadItem } from '../copies/item-copies.ts';
import type { Pace } from '../pace.ts';
import { type ReadTable, readPage } from '../table-pages.ts';
import { withPatience } from './patience.ts';
import type { CopiesResult, WalkState, WalkStore } from './walk-store.ts';

export interface CopiesBackfill {
  readonly table: ReadTable;
  readonly bring: NonNullable<ItemCopies['bring']>;
  readonly store: WalkStore<WalkState>;
  readonly pace: Pace;
  readonly clock: Clock;
  readonly random: Random;
  readonly report: (progress: CopiesProgress) => void;
}

export type CopiesProgress =
  | { readonly step: 'begun' | 'resumed' }
  | { readonly step: 'bringing'; readonly items: number }
  | { readonly step: 'repeating'; readonly reason: string };

const PAGE = 200;
const REFUSED_KEPT = 100;

/**
 * Brings every item of the table to what a consumer keeps of it, while changes go on: each as a snapshot that later
 * changes win over. What a change touches behind the walk, that change brings by itself.
 *
 * A walk that was killed goes on where it was when this is called again: the page under way is brought once more, which
 * changes nothing.
 *
 * @throws {PipelineError} when the trouble lasts; safe to call again
 */
export async function backfillCopies(backfill: CopiesBackfill): Promise<CopiesResult> {
  const { table, store, pace, clock, report } = backfill;
  const resumed = await store.read();
  let state: WalkState = resumed ?? { startedAtMs: clock.nowMs(), items: 0, outcomes: {}, refused: [] };
  report({ step: resumed === undefined ? 'begun' : 'resumed' });
  for (;;) {
    await pace.next();
    const readAtMs = clock.nowMs();
    const page = await patiently(() => readPage(table, { after: state.after, limit: PAGE }), backfill);
    const brought = await bringAll(page.items, { readAtMs, backfill });
    const { next } = page;
    const { after: _, ...counted } = withBrought(state, { items: page.items, brought });
    state = next === undefined ? counted : { ...counted, after: next };
    report({ step: 'bringing', items: state.items });
    if (next === undefined) break;
    await store.write(state);
    await pace.took(page.items.length);
  }
  await store.clear();
  const { items, outcomes, refused } = state;
  return { items, outcomes, refused };
}

/** Until each is settled: what passes is tried again, what has been brought is not. */
async function bringAll(
  items: readonly ReadItem[],
  { readAtMs, backfill }: { readonly readAtMs: number; readonly backfill: CopiesBackfill },
): Promise<ReadonlyMap<ReadItem, Brought>> {
  const settled = new Map<ReadItem, Brought>();
  await patiently(async () => {
    const open = items.filter((item) => !settled.has(item));
    const answers = open.length === 0 ? [] : await backfill.bring(open, readAtMs);
    for (const [at, item] of open.entries()) {
      const answer = answers[at];
      if (answer !== undefined && answer.kind !== 'unresolved') settled.set(item, answer);
    }
    const trouble = answers.find(({ kind }) => kind === 'unresolved');
    if (trouble !== undefined) throw new Unresolved(trouble.reason ?? 'the destination did not take it');
  }, backfill);
  return settled;
}

class Unresolved extends Error {
  override readonly name = 'Unresolved';
}

function patiently<Result>(work: () => Promise<Result>, { clock, random, report }: CopiesBackfill): Promise<Result> {
  return withPatience(work, { clock, random, repeating: (reason) => report({ step: 'repeating', reason }) });
}

function withBrought(
  state: WalkState,
  page: { readonly items: readonly ReadItem[]; readonly brought: ReadonlyMap<ReadItem, Brought> },
): WalkState {
  const outcomes = { ...state.outcomes };
  const refused = [...state.refused];
  for (const [{ keys }, { kind, reason = '' }] of page.brought) {
    outcomes[kind] = (outcomes[kind] ?? 0) + 1;
    if (kind === 'refused' && refused.length < REFUSED_KEPT) refused.push({ keys, reason });
  }
  return { ...state, items: state.items + page.items.length, outcomes, refused };
}
