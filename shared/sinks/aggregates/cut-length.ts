import type { Entry } from '../../batch/sink.ts';
import type { Change } from '../../change/change.ts';
import { keyText } from '../../change/key-text.ts';
import { type Cursor, generationsTaking, MAX_COUNTERS_PER_CUT } from './cut-transaction.ts';
import { addsNothing, counterId, type Deltas, plus } from './deltas.ts';
import type { Delta } from './total-definition.ts';

/** Counters that cancel out later in the batch make a cut fit again: it is looked for until it is this far from it. */
const HOPELESS = 1.5 * MAX_COUNTERS_PER_CUT;

/**
 * How many entries, from the first on, one transaction takes; at least one.
 *
 * Only counters to which the cut adds something are written. What is left of a cut that is shortened afterwards may
 * write more of them, those that would have cancelled out: its transaction is found too large before it is sent, and
 * halved.
 */
export function cutLength(
  entries: readonly Entry<Deltas>[],
  { phase }: Cursor,
  contribution: (change: Change) => Deltas,
): number {
  const certain = lengthWithoutCancelling(entries, phase, contribution);
  const isDecided = certain === entries.length || phase.kind === 'build';
  return Math.max(1, isDecided ? certain : lengthWithCancelling(entries, generationsTaking(phase).length));
}

/**
 * While a generation is built, each item has a row, and the counters that it is in already are guessed: those that its
 * change takes it from. Where that is too few, the cut is halved.
 */
function lengthWithoutCancelling(
  entries: readonly Entry<Deltas>[],
  phase: Cursor['phase'],
  contribution: (change: Change) => Deltas,
): number {
  const counters = new Set<string>();
  const nextCounters = new Set<string>();
  const items = new Set<string>();
  let length = 0;
  for (const { change, request } of entries) {
    for (const delta of request) counters.add(counterId(delta));
    if (phase.kind === 'build') {
      items.add(keyText(change.keys));
      for (const delta of [...request, ...contribution(change)]) nextCounters.add(counterId(delta));
    }
    const size = generationsTaking(phase).length * counters.size + nextCounters.size + items.size;
    if (size > MAX_COUNTERS_PER_CUT) break;
    length += 1;
  }
  return length;
}

/** The longest head whose sums are few enough. */
function lengthWithCancelling(entries: readonly Entry<Deltas>[], generations: number): number {
  const sums = new Map<string, Delta>();
  let [written, longest] = [0, 0];
  for (const [index, { request }] of entries.entries()) {
    for (const delta of request) {
      const id = counterId(delta);
      const before = sums.get(id);
      const after = before === undefined ? delta : plus(before, delta);
      written += Number(!addsNothing(after)) - Number(before !== undefined && !addsNothing(before));
      sums.set(id, after);
    }
    if (generations * written <= MAX_COUNTERS_PER_CUT) longest = index + 1;
    if (generations * written > HOPELESS) break;
  }
  return longest;
}
