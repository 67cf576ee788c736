import { Metrics as PowertoolsMetrics } from '@aws-lambda-powertools/metrics';
import type { Config } from './config.ts';
import { catalogued, type Metrics, metricCatalogue, metricNamespace } from './metrics.ts';

/** Metrics as lines of the embedded metric format on standard output: no call, no client, no permission. */
export function powertoolsMetrics({ consumer, stage }: Pick<Config, 'consumer' | 'stage'>): Metrics {
  const metrics = new PowertoolsMetrics({
    namespace: metricNamespace,
    serviceName: consumer,
    defaultDimensions: { stage },
  });
  return catalogued({
    add: (name, value) => metrics.addMetric(name, metricCatalogue[name].unit, value),
    flush: () => {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  });
}
