import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { AlarmDefinition, Watched } from '../../shared/runtime/alarms/alarm-definition.ts';
import { metricNamespace } from '../../shared/runtime/metrics.ts';
import { sidOf } from '../grants.ts';
import type { RegionPlan } from '../region-plan.ts';
import type { AlarmInstance } from './alarm-instances.ts';

const operators: Readonly<Record<AlarmDefinition['fires'], string>> = {
  above: 'GreaterThanThreshold',
  atLeast: 'GreaterThanOrEqualToThreshold',
  atMost: 'LessThanOrEqualToThreshold',
  below: 'LessThanThreshold',
};

/** An alarm that tells the topic when it goes on and off, and everybody what to do. */
export function createAlarm(scope: Construct, instance: AlarmInstance, plan: RegionPlan): CfnAlarm {
  const { alarm, alarmName, definition, threshold } = instance;
  const { points, of = points, whenMissing, fires } = definition;
  const topic = plan.names.topicArn(plan.names.alarmTopic);
  return new CfnAlarm(scope, sidOf(`alarm-${alarmName.slice(plan.names.alarm('').length)}`), {
    alarmName,
    alarmDescription: describe(alarm, definition, plan),
    ...watch(instance),
    threshold,
    comparisonOperator: operators[fires],
    evaluationPeriods: of,
    datapointsToAlarm: points,
    treatMissingData: whenMissing === 'fine' ? 'notBreaching' : 'breaching',
    alarmActions: [topic],
    okActions: [topic],
  });
}

/** What whoever is woken reads first. */
export function describe(
  name: string,
  { meaning, action }: Pick<AlarmDefinition, 'meaning' | 'action'>,
  { config }: RegionPlan,
): string {
  return `${meaning} ${action} ${config.runbookUrl}#${name}`;
}

type Watching = Pick<
  ConstructorParameters<typeof CfnAlarm>[2] & object,
  'namespace' | 'metricName' | 'dimensions' | 'statistic' | 'period' | 'metrics'
>;

function watch({ definition, dimensions: values, recordAgeH = 0 }: AlarmInstance): Watching {
  const { watches, periodS: period } = definition;
  const dimensions = Object.entries(values).map(([name, value]) => ({ name, value }));
  const statOf = ({ namespace, metric, statistic }: MetricOf) => ({
    id: 'm',
    metricStat: { metric: { namespace, metricName: metric, dimensions }, period, stat: statistic },
    returnData: false,
  });
  const computed = (expression: string, from: MetricOf): Watching => ({
    metrics: [statOf(from), { id: 'e', expression, label: definition.meaning, returnData: true }],
  });
  switch (watches.kind) {
    case 'aws': {
      const { namespace, metric: metricName, statistic } = watches;
      return { namespace, metricName, statistic, dimensions, period };
    }
    case 'own': {
      const { metric: metricName, statistic } = watches;
      return { namespace: metricNamespace, metricName, statistic, dimensions, period };
    }
    case 'growth':
      return computed('DIFF(m)', watches);
    case 'hoursUntilDataLoss':
      return computed(hoursUntilDataLoss('m', recordAgeH), iteratorAge);
    case 'query':
      return { metrics: [{ id: 'q', expression: query(watches, values), period, returnData: true }] };
  }
}

type MetricOf = Omit<Extract<Watched, { kind: 'aws' }>, 'kind'>;

export const iteratorAge = { namespace: 'AWS/Lambda', metric: 'IteratorAge', statistic: 'Maximum' } as const;

/** @param id of the iterator age, in milliseconds */
export function hoursUntilDataLoss(id: string, recordAgeH: number): string {
  return `${recordAgeH} - ${id} / 3600000`;
}

/**
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html
 */
function query(
  { namespace, metric, statistic, dimensions }: Extract<Watched, { kind: 'query' }>,
  values: AlarmInstance['dimensions'],
): string {
  const where = Object.entries(values).map(([name, value]) => `${name} = '${value}'`);
  const schema = [`"${namespace}"`, ...dimensions].join(', ');
  return `SELECT ${statistic}(${metric}) FROM SCHEMA(${schema}) WHERE ${where.join(' AND ')}`;
}
