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
  readonly failed: readonly { readonly seed: number; readonly findings: readonly HistoryFinding[] }[];
  /** Of the process afterwards, with all garbage gone. */
  readonly heapBytes: number;
  /** How its process ended, which never came to tell the rest. */
  readonly brokeOff?: string;
}

export interface HistoryFinding extends Finding {
  /** No checker found it: the simulation says so, or what the product's own commands came to. */
  readonly isAlarm?: true;
}

/**
 * What a checker found in a history. In one that broke off or never came to rest what is missing proves nothing: of
 * `all` is what ended it.
 */
export function foundByChecker(findings: readonly HistoryFinding[]): HistoryFinding | undefined {
  if (findings.some(({ consumer }) => consumer === 'all')) return undefined;
  return findings.find(({ isAlarm }) => isAlarm !== true);
}

export function sumOf(of: readonly SeedReport[], count: (report: SeedReport) => number): number {
  return of.reduce((sum, report) => sum + count(report), 0);
}
