import type { ReplayedBatch, ReplayResult } from './replay.ts';
import type { Effect } from './replay-effects.ts';

/** What one replay left behind and another one did not, each as one line of JSON. */
export interface ReplayDifference {
  readonly side: 'only before' | 'only now';
  readonly what: Effect | (ReplayedBatch & { readonly batch: number });
}

/** Compares what became of the batches and every effect, whatever order they are in. */
export function compareReplays(before: ReplayResult, now: ReplayResult): readonly ReplayDifference[] {
  const [old, current] = [linesOf(before), linesOf(now)];
  return [
    ...without(old, current).map((line) => differenceAt('only before', line)),
    ...without(current, old).map((line) => differenceAt('only now', line)),
  ];
}

function differenceAt(side: ReplayDifference['side'], line: string): ReplayDifference {
  return { side, what: JSON.parse(line) as ReplayDifference['what'] };
}

function linesOf({ batches, effects }: ReplayResult): readonly string[] {
  const outcomes = batches.map((batch, at) => ({ batch: at + 1, ...batch }));
  return [...outcomes, ...effects].map((each) => JSON.stringify(sorted(each)));
}

function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

/** Names of objects in one order: the other replay may be of another version. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, each]) => [name, sorted(each)]));
}
