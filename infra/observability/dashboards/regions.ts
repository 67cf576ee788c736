import type { RegionPlan } from '../../region-plan.ts';
import { ofFunction } from './graphed-metrics.ts';
import { headlines } from './overview.ts';
import { dashboardBody, graph, text, type Widget } from './widgets.ts';

/** The two regions side by side: is one worse than the other, and do they hear of each other? */
export function regionsDashboard(plans: readonly [RegionPlan, RegionPlan]): object {
  const columns = plans.map((plan) => columnOf(plan));
  const height = Math.max(...columns.map((column) => column.length));
  const rows = Array.from({ length: height }, (_, row) => columns.flatMap((column) => column[row] ?? []));
  return dashboardBody([[text(`# ${plans.map(({ region }) => region).join(' and ')}`, 1)], ...rows]);
}

function columnOf(plan: RegionPlan): readonly Widget[] {
  const { region, consumers, sourceTable } = plan;
  return [
    ...headlines(plan),
    graph({
      title: `Errors, ${region}`,
      region,
      statistic: 'Sum',
      width: 12,
      metrics: consumers.map((consumer) => ofFunction('Errors', consumer, plan)),
    }),
    graph({
      title: `Writes to the table, ${region}`,
      region,
      statistic: 'Sum',
      width: 12,
      metrics: [['AWS/DynamoDB', 'ConsumedWriteCapacityUnits', 'TableName', sourceTable]],
    }),
  ];
}
