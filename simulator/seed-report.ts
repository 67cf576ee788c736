import type { Finding } from './checkers/observed.ts';
import type { Tally } from './faults/fault-book.ts';

/** What came of one seed, as one process tells it to another: a line of JSON. */
export interface SeedReport {
  readonly seed: number;
  readonly changes: number;
  readonly records: number;
  readonly hash: string;
  readonly coverage: readonly (readonly [string, Readonly<Tally>])[];
  /** Marks of recovery with how often each was come to; empty when nobody watched. */
  readonly reached: readonly (readonly [string, number])[];
  readonly failed: readonly { readonly seed: number; readonly findings: readonly Finding[] }[];
  /** Of the process afterwards, with all garbage gone. */
  readonly heapBytes: number;
}
