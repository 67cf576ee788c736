import { expect, it } from 'vitest';
import { combinedHash } from './run-hash.ts';

const runs = Array.from({ length: 10 }, (_, index) => ({ seed: index + 1, hash: `${index}${index}` }));

it('is the same in whatever order seeds come to their end', () => {
  expect(combinedHash(runs.toReversed())).toBe(combinedHash(runs));
});

it('is another when one run is another, or two seeds change runs', () => {
  const [first, second, ...rest] = runs;
  const swapped = [{ seed: 1, hash: second?.hash ?? '' }, { seed: 2, hash: first?.hash ?? '' }, ...rest];
  expect(combinedHash(swapped)).not.toBe(combinedHash(runs));
  expect(combinedHash([{ seed: 1, hash: 'x' }, ...runs.slice(1)])).not.toBe(combinedHash(runs));
});

it('follows from the hashes of slices by exclusive or', () => {
  const slices = [runs.slice(0, 4), runs.slice(4)].map((slice) => BigInt(`0x${combinedHash(slice)}`));
  const both = slices.reduce((one, other) => one ^ other, 0n);
  expect(both.toString(16).padStart(16, '0')).toBe(combinedHash(runs));
});
