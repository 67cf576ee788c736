/** One metric with its dimensions, in one region. */
export interface MetricIdentity {
  readonly region: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export type Statistic = 'Average' | 'Maximum' | 'Minimum' | 'SampleCount' | 'Sum';

/** What was measured lately, as CloudWatch would keep it. */
export interface MetricStore {
  add(identity: MetricIdentity, sample: { readonly atMs: number; readonly value: number }): void;
  /** Of the samples from `fromMs` up to but not at `toMs`; undefined where there is none. */
  statistic(identity: MetricIdentity, span: Span): number | undefined;
  /** Forgets what was measured before. */
  forget(beforeMs: number): void;
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
  readonly statistic: Statistic;
}

interface Sample {
  readonly atMs: number;
  readonly value: number;
}

export function createMetricStore(): MetricStore {
  const metrics = new Map<string, Sample[]>();
  return {
    add(identity, sample) {
      const key = keyOf(identity);
      const samples = metrics.get(key);
      if (samples === undefined) metrics.set(key, [sample]);
      else samples.push(sample);
    },
    statistic(identity, { fromMs, toMs, statistic }) {
      const samples = metrics.get(keyOf(identity)) ?? [];
      const values = samples.filter(({ atMs }) => atMs >= fromMs && atMs < toMs).map(({ value }) => value);
      return values.length === 0 ? undefined : computed[statistic](values);
    },
    forget(beforeMs) {
      for (const [key, samples] of metrics) {
        const kept = samples.filter(({ atMs }) => atMs >= beforeMs);
        if (kept.length === 0) metrics.delete(key);
        else if (kept.length < samples.length) metrics.set(key, kept);
      }
    },
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

const computed: Readonly<Record<Statistic, (values: readonly number[]) => number>> = {
  Average: (values) => sum(values) / values.length,
  Maximum: (values) => Math.max(...values),
  Minimum: (values) => Math.min(...values),
  SampleCount: (values) => values.length,
  Sum: sum,
};

function keyOf({ region, namespace, metric, dimensions }: MetricIdentity): string {
  const sorted = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([region, namespace, metric, sorted]);
}
