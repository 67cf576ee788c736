import type { Log } from '../runtime/log.ts';
import { catalogued, type Metrics } from '../runtime/metrics.ts';

/** Tells outcomes of records only: `RecordsDeadLettered` counts as `deadLettered`. */
export function countingRecords(count: (outcome: string, value: number) => void): Metrics {
  return catalogued({
    add: (name, value) => {
      const outcome = name.match(/^Records(?!Received)(.)(.*)$/);
      if (outcome !== null) count(`${outcome[1]?.toLowerCase()}${outcome[2]}`, value);
    },
    flush: () => undefined,
  });
}

export const silent: Log = {
  startInvocation: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
