import type { TableDefinition } from '../change/table-definition.ts';
import { writtenTable } from '../writer/resources.ts';
import { createWriter, type Writer } from '../writer/write.ts';
import { createHandler } from './create-handler.ts';
import type { MetricName } from './metrics.ts';
import type { BaseServices, Invoke, Services } from './services.ts';

/** One write and the effect that is waited for. */
export interface CanaryRun {
  write(): Promise<void>;
  /** Whether the effect is there, read consistently. */
  isThere(): Promise<boolean>;
  /** Takes the write back, whatever became of it. */
  undo?(): Promise<void>;
}

export interface CanaryOptions {
  /** Milliseconds from just before the write until its effect was seen. */
  readonly metric: MetricName;
  readonly services: BaseServices;
  /** @param minute whole minutes since the epoch: what tells this run’s write from those before */
  readonly prepare: (minute: number) => Promise<CanaryRun>;
}

const pauseMs = 250;

/** Left for what is done after the wait. */
const marginMs = 5_000;

/**
 * A function that writes as an application would and measures how long the effect takes. An effect that is not there
 * when the function has to end counts with the time waited so far, so that lateness shows however late it is. A write
 * that fails is measured as nothing, which alarms as well.
 */
export function createCanaryHandler({ metric, services, prepare }: CanaryOptions): Invoke<void> {
  const { clock, metrics, log } = services;
  return createHandler({
    services,
    run: async (_event, context) => {
      const startedAtMs = clock.nowMs();
      const run = await prepare(Math.floor(startedAtMs / 60_000));
      try {
        const writtenAtMs = clock.nowMs();
        await run.write();
        let isThere = await run.isThere();
        while (!isThere && context.getRemainingTimeInMillis() > marginMs) {
          await clock.sleep(pauseMs);
          isThere = await run.isThere();
        }
        const durationMs = clock.nowMs() - writtenAtMs;
        metrics.add(metric, durationMs);
        if (!isThere) log.warn('The canary’s write has had no effect so far', { durationMs });
      } finally {
        await run.undo?.();
      }
    },
  });
}

/** The writer of a canary. It writes only its own items, so stamps and tombstones are right in every kind of table. */
export function canaryWriter(
  { config, dynamodb, clock, random }: Services<'dynamodb'>,
  definition: TableDefinition,
): Writer {
  const table = { tableName: config.value(writtenTable.variable), definition };
  return createWriter({ dynamodb, table, region: config.region, mode: 'active-active', clock, random });
}
