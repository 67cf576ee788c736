import type { Metrics } from './metrics.ts';

export interface MemoryMetricOptions {
  readonly own: Metrics;
  /** Those that all functions of a region share. */
  readonly shared: Metrics;
  /** What the function is given (`AWS_LAMBDA_FUNCTION_MEMORY_SIZE`); undefined where nothing limits it. */
  readonly limitMb: string | undefined;
  readonly usedBytes: () => number;
}

/**
 * A function's metrics, and with every flush how much of its memory its process takes: Lambda tells that in its log
 * lines only. One metric for all functions together, because one for each would be paid for.
 */
export function withMemoryMetric({ own, shared, limitMb, usedBytes }: MemoryMetricOptions): Metrics {
  const limitBytes = Number(limitMb) * 2 ** 20;
  if (!(limitBytes > 0)) return own;
  return {
    add: (name, value) => own.add(name, value),
    flush: () => {
      own.flush();
      shared.add('MemoryUsedPercent', Math.round((100 * usedBytes()) / limitBytes));
      shared.flush();
    },
  };
}
