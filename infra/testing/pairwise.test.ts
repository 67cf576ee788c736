import { describe, expect, it } from 'vitest';
import { configMatrix } from './config-matrix.ts';
import { type Choice, pairsOf, pairwise } from './pairwise.ts';

const fields = { a: 3, b: 2, c: 2, d: 4 };
const names = ['a', 'b', 'c', 'd'] as const;
type Field = (typeof names)[number];

describe('pairwise', () => {
  it('has every pair of values with far fewer choices than there are', () => {
    const choices = pairwise<Field>({ fields, isPossible: () => true });
    const pairs = new Set(choices.flatMap((choice) => pairsOf(choice, names)));
    expect(pairs.size).toBe(3 * 2 + 3 * 2 + 3 * 4 + 2 * 2 + 2 * 4 + 2 * 4);
    expect(choices.length).toBeLessThan(20);
  });

  it('makes no choice that cannot be made, and has all other pairs', () => {
    const isPossible = ({ a, d }: Choice<Field>) => !(a === 0 && d > 0);
    const choices = pairwise<Field>({ fields, isPossible });
    expect(choices.filter((choice) => !isPossible(choice))).toEqual([]);
    expect(choices).toEqual(expect.arrayContaining([expect.objectContaining({ a: 0, d: 0 })]));
    const pairs = new Set(choices.flatMap((choice) => pairsOf(choice, names)));
    expect(pairs.size).toBe(3 * 2 + 3 * 2 + (1 + 2 * 4) + 2 * 2 + 2 * 4 + 2 * 4);
  });
});

describe('configMatrix', () => {
  it('has each mode of replication with imported and with created tables', () => {
    const seen = new Set(configMatrix().map(({ replication, table }) => `${replication} ${table.kind}`));
    expect(seen.size).toBe(8);
  });
});
