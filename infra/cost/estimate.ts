import type { TotalDefinition } from '../../shared/sinks/aggregates/total-definition.ts';
import { type House, planRegion, type RegionPlan } from '../region-plan.ts';
import type { StageConfig } from '../stage-config.ts';
import { type CostLine, totalUsd } from './cost-line.ts';
import { type KinesisMode, kinesisLines, kinesisModes, shardsOf } from './kinesis-cost.ts';
import type { PriceList } from './prices.ts';
import { kinesisUse, regionLines } from './region-cost.ts';
import type { Workload } from './workload.ts';

export interface EstimateOptions {
  readonly config: StageConfig;
  readonly house: House;
  readonly totals: readonly TotalDefinition[];
  readonly prices: PriceList;
  readonly workload: Workload;
}

export interface Estimate {
  readonly workload: Workload;
  readonly regions: readonly RegionEstimate[];
  /** Of the region where users are welcomed, which has most readers. */
  readonly kinesis: readonly KinesisComparison[];
  readonly usd: number;
}

export interface RegionEstimate {
  readonly region: string;
  readonly lines: readonly CostLine[];
  readonly usd: number;
}

export interface KinesisComparison {
  readonly mode: KinesisMode;
  readonly readers: 'shared' | 'enhanced';
  readonly shards: number;
  readonly usd: number;
}

/** The monthly bill of a stage under a steady load. */
export function estimate(options: EstimateOptions): Estimate {
  const { config, house, totals, prices, workload } = options;
  const plans = config.regions.map((region) =>
    planRegion(config, { house, place: { region, account: '111122223333', partition: 'aws' } }),
  );
  const regions = plans.map((plan) => {
    const lines = regionLines({ plan, workload, totals });
    return { region: plan.region, lines, usd: totalUsd(lines, prices) };
  });
  const most = plans.find(({ sendsEmail }) => sendsEmail);
  return {
    workload,
    regions,
    kinesis: most === undefined ? [] : compareKinesis(most, options),
    usd: regions.reduce((sum, { usd }) => sum + usd, 0),
  };
}

function compareKinesis(plan: RegionPlan, { workload, prices }: EstimateOptions): KinesisComparison[] {
  const { shared, enhanced, ...use } = kinesisUse(plan, workload);
  const readers = shared + enhanced;
  return kinesisModes.flatMap((mode) =>
    (['shared', 'enhanced'] as const).map((kind) => {
      const all = { ...use, shared: kind === 'shared' ? readers : 0, enhanced: kind === 'enhanced' ? readers : 0 };
      return { mode, readers: kind, shards: shardsOf(mode, all), usd: totalUsd(kinesisLines(mode, all), prices) };
    }),
  );
}
