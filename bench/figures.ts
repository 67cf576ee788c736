/** How every benchmark here tells what it found: a ratio within one run beside the goal for it. */

export type Goal = { readonly most: number } | { readonly least: number };

/** The middle one of the ratios of each round: what disturbs a machine disturbs both sides of a round. */
export function medianRatio(of: readonly number[], to: readonly number[]): number {
  return median(of.map((each, round) => each / (to[round] ?? Number.NaN)));
}

/** The upper of the two in the middle. NaN of none. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Prints a figure and whether it keeps to its goal. */
export function verdict(what: string, value: number, goal: Goal): void {
  const [isMet, said] =
    'most' in goal
      ? [value <= goal.most, `<= ${Number(goal.most.toPrecision(3))}`]
      : [value >= goal.least, `>= ${goal.least}`];
  console.log(`${what.padEnd(66)}${value.toPrecision(3).padStart(8)}  goal ${said}: ${isMet ? 'met' : 'MISSED'}`);
}
