import type { TotalDefinition } from '../../shared/sinks/aggregates/total-definition.ts';
import type { RegionPlan } from '../region-plan.ts';

export interface Workload {
  /** Writes to the table a second, of all regions together: each region's table gets all of them. */
  readonly writesPerS: number;
  /** Items in the table. */
  readonly users: number;
}

export interface RegionCostOptions {
  readonly plan: RegionPlan;
  readonly workload: Workload;
  readonly totals: readonly TotalDefinition[];
}
