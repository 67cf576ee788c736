import { usersAffected } from '../../../shared/runtime/alarm-catalogue.ts';
import { metricsOf } from '../../../shared/runtime/emitted-metrics.ts';
import type { MetricName } from '../../../shared/runtime/metrics.ts';
import type { RegionPlan } from '../../region-plan.ts';
import type { AlarmInstance } from '../alarm-instances.ts';
import { hoursLeft, ofFunction, own } from './graphed-metrics.ts';
import { alarmStates, dashboardBody, type GraphedMetric, graph, text, type Widget } from './widgets.ts';

/** Is all well in this region, and if not, where to look: alarms that matter now, the two headlines, the sources. */
export function overview(plan: RegionPlan, instances: readonly AlarmInstance[]): object {
  const { config, region, names, consumers } = plan;
  const urgent = instances.filter(({ definition }) => definition.severity === 'page' || definition.userVisible);
  const arns = [names.alarm(usersAffected.name), ...urgent.map(({ alarmName }) => alarmName)].map(names.alarmArn);
  const title = `# ${config.name} ${config.stage}, ${region}`;
  return dashboardBody([
    [text(`${title}\nWhat each alarm means and what to do: ${config.runbookUrl}`)],
    [alarmStates('Alarms that matter now', arns)],
    headlines(plan),
    [
      graph({
        title: 'Records with an effect',
        region,
        statistic: 'Sum',
        width: 12,
        metrics: everywhere(plan, 'RecordsApplied'),
      }),
      graph({
        title: 'Errors',
        region,
        statistic: 'Sum',
        width: 12,
        metrics: consumers.map((consumer) => ofFunction('Errors', consumer, plan)),
      }),
    ],
    sources(plan),
    ...(plan.sendsEmail ? [emails(plan)] : []),
  ]);
}

/** How long until something is lost, and how long a write takes to have its effects. */
export function headlines(plan: RegionPlan): readonly Widget[] {
  const { region, consumers } = plan;
  return [
    graph({
      title: `Hours until data loss, ${region}`,
      region,
      statistic: 'Maximum',
      width: 12,
      unit: 'hours',
      metrics: hoursLeft(consumers, plan),
      lines: [{ label: 'somebody is woken', value: 8 }],
    }),
    graph({
      title: `From a write to its effect, ${region}`,
      region,
      statistic: 'Maximum',
      width: 12,
      unit: 'ms',
      metrics: [
        ...everywhere(plan, 'FreshnessAggregatesMs'),
        ...everywhere(plan, 'FreshnessSearchMs'),
        ...everywhere(plan, 'FreshnessReplicaMs'),
        ...everywhere(plan, 'FreshnessEmailMs'),
      ],
    }),
  ];
}

function sources({ region, names, sourceTable }: RegionPlan): readonly Widget[] {
  const table = ['AWS/DynamoDB', 'ConsumedWriteCapacityUnits', 'TableName', sourceTable];
  const stream = (metric: string): GraphedMetric => ['AWS/Kinesis', metric, 'StreamName', names.kinesisStream];
  // Its second dimension is documented by name only: a search finds whatever it is.
  const search =
    `SEARCH('{AWS/DynamoDB,TableName,DelegatedOperation} ` +
    `MetricName="AgeOfOldestUnreplicatedRecord" TableName="${sourceTable}"', 'Maximum', 60)`;
  return [
    graph({ title: 'Writes to the table', region, statistic: 'Sum', width: 8, metrics: [table] }),
    graph({
      title: 'Kinesis: records in, and throttles',
      region,
      statistic: 'Sum',
      width: 8,
      metrics: [
        stream('IncomingRecords'),
        stream('WriteProvisionedThroughputExceeded'),
        stream('ReadProvisionedThroughputExceeded'),
      ],
    }),
    graph({
      title: 'Oldest change that is not in Kinesis yet',
      region,
      statistic: 'Maximum',
      width: 8,
      unit: 'ms',
      metrics: [[{ expression: search, id: 'oldest' }]],
    }),
  ];
}

function emails(plan: RegionPlan): readonly Widget[] {
  const outcomes: readonly MetricName[] = ['EmailsSent', 'EmailsDelivered', 'EmailsBounced', 'EmailsParked'];
  const { region } = plan;
  const rates = ['Reputation.BounceRate', 'Reputation.ComplaintRate'].map((rate) => ['AWS/SES', rate]);
  return [
    graph({
      title: 'Emails',
      region,
      statistic: 'Sum',
      width: 12,
      metrics: outcomes.flatMap((outcome) => everywhere(plan, outcome)),
    }),
    graph({ title: 'What SES thinks of the account', region, statistic: 'Average', width: 12, metrics: rates }),
  ];
}

/** A metric of every function that emits it. */
function everywhere(plan: RegionPlan, metric: MetricName): readonly GraphedMetric[] {
  return plan.consumers
    .filter((consumer) => metricsOf(consumer).includes(metric))
    .map(({ name }) => own(metric, name, plan));
}
