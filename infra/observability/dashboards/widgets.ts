/**
 * The parts of a dashboard that are used here.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export interface Widget {
  readonly type: 'metric' | 'text' | 'alarm';
  /** In columns, of which a row has 24. */
  readonly width: number;
  readonly height: number;
  readonly properties: object;
}

/** `[namespace, name, dimension, value, ..., {options}]`, or an expression over others by their ids. */
export type GraphedMetric = readonly (string | object)[];

export interface GraphOptions {
  readonly title: string;
  readonly region: string;
  readonly metrics: readonly GraphedMetric[];
  readonly statistic: 'Average' | 'Maximum' | 'Minimum' | 'Sum';
  readonly unit?: string;
  /** `singleValue`: the newest value in large letters. @default timeSeries */
  readonly view?: 'timeSeries' | 'singleValue';
  /** Lines to look out for, such as an alarm's threshold. */
  readonly lines?: readonly { readonly label: string; readonly value: number }[];
  readonly width: number;
}

const graphHeight = 6;
const singleHeight = 4;

export function graph(options: GraphOptions): Widget {
  const { title, region, metrics, statistic, unit, view = 'timeSeries', lines = [], width } = options;
  return {
    type: 'metric',
    width,
    height: view === 'singleValue' ? singleHeight : graphHeight,
    properties: {
      title,
      region,
      view,
      stat: statistic,
      period: 60,
      metrics,
      ...(unit === undefined || view === 'singleValue' ? {} : { yAxis: { left: { label: unit, showUnits: false } } }),
      ...(lines.length === 0 ? {} : { annotations: { horizontal: lines } }),
    },
  };
}

export function text(markdown: string, height = 2): Widget {
  return { type: 'text', width: 24, height, properties: { markdown } };
}

/** The state of alarms at a glance: at most 100. */
export function alarmStates(title: string, alarms: readonly string[]): Widget {
  const height = Math.max(2, Math.ceil(alarms.length / 6) + 1);
  return { type: 'alarm', width: 24, height, properties: { title, alarms: alarms.slice(0, 100) } };
}

/** The body of a dashboard of these rows, one below the other, each from left to right. */
export function dashboardBody(rows: readonly (readonly Widget[])[]): { readonly widgets: readonly object[] } {
  let y = 0;
  const widgets: object[] = [];
  for (const row of rows) {
    let x = 0;
    for (const { type, width, height, properties } of row) {
      widgets.push({ type, x, y, width, height, properties });
      x += width;
    }
    y += Math.max(0, ...row.map(({ height }) => height));
  }
  return { widgets };
}
