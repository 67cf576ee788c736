import { addDecimals, isZeroDecimal, negateDecimal } from '../../change/decimal.ts';
import type { Counter, Delta } from './total-definition.ts';

/** What one change adds to the counters: each counter once, none with nothing to add. */
export type Deltas = readonly Delta[];

/** Distinct for distinct counters: a total's name has no `#`. */
export function counterId({ total, group }: Counter): string {
  return group.kind === 'value' ? `${total}#value#${group.value}` : `${total}#invalid`;
}

/** One delta per counter, in order of first appearance; what adds up to nothing is left out. */
export function coalesce(deltas: readonly Delta[]): Deltas {
  const byCounter = new Map<string, Delta>();
  for (const delta of deltas) {
    const id = counterId(delta);
    const earlier = byCounter.get(id);
    byCounter.set(id, earlier ? plus(earlier, delta) : delta);
  }
  return [...byCounter.values()].filter((delta) => !addsNothing(delta));
}

export function addsNothing({ count, sum }: Delta): boolean {
  return count === 0 && (sum === undefined || isZeroDecimal(sum));
}

export function negated(delta: Delta): Delta {
  const opposite = { ...delta, count: -delta.count };
  return delta.sum === undefined ? opposite : { ...opposite, sum: negateDecimal(delta.sum) };
}

/** Of one counter. */
export function plus(a: Delta, b: Delta): Delta {
  const both = { ...a, count: a.count + b.count };
  if (a.sum === undefined && b.sum === undefined) return both;
  return { ...both, sum: addDecimals(a.sum ?? '0', b.sum ?? '0') };
}
