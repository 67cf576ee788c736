/**
 * Deliberate defects. Each takes out one mechanism that a promise stands on, as a patch in `simulator/defects/`, so
 * that a run which does not fail shows a checker that cannot see.
 */
import type { FaultName } from './faults.ts';

export interface Sabotage {
  /** Also the patch's file name. */
  readonly name: string;
  /** What is missing then. */
  readonly removes: string;
  /** The faults that bring the defect out, unless others are asked for. */
  readonly faults: readonly FaultName[];
  /** Users that are enough to show it. */
  readonly users: number;
}

export const sabotages: readonly Sabotage[] = [];
