/** Values of some fields. */
export type Choice<Field extends string> = Readonly<Record<Field, number>>;

export interface PairwiseOptions<Field extends string> {
  /** How many values each field has. */
  readonly fields: Readonly<Record<Field, number>>;
  /** Whether a whole choice may be made at all. */
  readonly isPossible: (choice: Choice<Field>) => boolean;
}

/**
 * Few choices that together have every possible pair of values of any two fields: where a fault needs two values to
 * meet, one of them has it. The full product would be thousands.
 */
export function pairwise<Field extends string>({
  fields,
  isPossible,
}: PairwiseOptions<Field>): readonly Choice<Field>[] {
  const names = Object.keys(fields) as Field[];
  const all = product(names, fields)
    .filter(isPossible)
    .map((choice) => ({ choice, pairs: pairsOf(choice, names) }));
  const open = new Set(all.flatMap(({ pairs }) => pairs));
  const chosen: Choice<Field>[] = [];
  while (open.size > 0) {
    const [best] = all
      .map((each) => ({ ...each, gain: each.pairs.filter((pair) => open.has(pair)).length }))
      .toSorted((one, other) => other.gain - one.gain);
    if (best === undefined) break;
    chosen.push(best.choice);
    for (const pair of best.pairs) open.delete(pair);
  }
  return chosen;
}

/** Each pair of values as text. */
export function pairsOf<Field extends string>(choice: Choice<Field>, names: readonly Field[]): readonly string[] {
  return names.flatMap((one, place) =>
    names.slice(place + 1).map((other) => `${one}=${choice[one]} ${other}=${choice[other]}`),
  );
}

function product<Field extends string>(
  names: readonly Field[],
  fields: Readonly<Record<Field, number>>,
): Choice<Field>[] {
  return names.reduce<Choice<Field>[]>(
    (choices, name) =>
      choices.flatMap((choice) => Array.from({ length: fields[name] }, (_, value) => ({ ...choice, [name]: value }))),
    [{} as Choice<Field>],
  );
}
