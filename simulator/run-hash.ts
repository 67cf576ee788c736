import { hash } from 'node:crypto';

/**
 * One hash over the runs of some seeds, whatever the order and the process they ran in. Those of two slices of seeds
 * make the hash of both by exclusive or, digit by digit: a long run can be made in parts.
 */
export function combinedHash(runs: Iterable<{ readonly seed: number; readonly hash: string }>): string {
  let sum = 0n;
  for (const { seed, hash: of } of runs) sum ^= BigInt(`0x${hash('sha256', `${seed} ${of}`).slice(0, 16)}`);
  return sum.toString(16).padStart(16, '0');
}
