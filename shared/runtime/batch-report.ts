import type { RecordOutcome } from '../batch/batch.ts';
import type { Observation } from '../batch/process-batch.ts';
import type { Log } from './log.ts';
import type { MetricName, Metrics } from './metrics.ts';
import { loggable } from './safe-error.ts';

export interface BatchReport {
  readonly observations: readonly Observation[];
  readonly received: number;
}

const metricOf: Readonly<Record<RecordOutcome['kind'], MetricName>> = {
  applied: 'RecordsApplied',
  duplicate: 'RecordsDuplicate',
  stale: 'RecordsStale',
  filtered: 'RecordsFiltered',
  deadLettered: 'RecordsDeadLettered',
  retry: 'RecordsRetried',
};

/** Counts every record once, and tells what came of those that did not simply pass. */
export function reportBatch(
  report: BatchReport,
  { log, metrics }: { readonly log: Log; readonly metrics: Metrics },
): void {
  const counts = new Map<MetricName, number>();
  for (const { outcome, position } of report.observations) {
    const name = metricOf[outcome.kind];
    counts.set(name, (counts.get(name) ?? 0) + 1);
    if (outcome.kind !== 'deadLettered') continue;
    const { sequenceNumber, shardId } = position;
    const place = shardId === undefined ? { sequenceNumber } : { sequenceNumber, shardId };
    log.warn('A record became a dead letter', { ...place, code: outcome.code });
  }
  for (const [name, count] of counts) metrics.add(name, count);
  log.info('Batch processed', { counts: { received: report.received, ...Object.fromEntries(counts) } });
  logFirstUnresolved(report.observations, log);
}

/** One line for a batch: behind the first unresolved record the rest mostly waits for the same reason. */
function logFirstUnresolved(observations: readonly Observation[], log: Log): void {
  for (const { outcome, position } of observations) {
    if (outcome.kind !== 'retry') continue;
    log.warn('From this record on the batch comes again', {
      sequenceNumber: position.sequenceNumber,
      ...loggable(outcome.error),
    });
    return;
  }
}
