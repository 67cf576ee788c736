import type { RecordedBatch } from '../batch/recorded-batch.ts';
import type { WindowState } from '../batch/sink.ts';
import type { TableDefinition } from '../change/table-definition.ts';
import type { StreamConsumerDefinition } from '../runtime/consumer-definition.ts';
import type { StreamResponse } from '../runtime/create-stream-handler.ts';
import type { Connections, Invoke, Services } from '../runtime/services.ts';
import type { TotalDefinition } from '../sinks/aggregates/total-definition.ts';
import { type Effect, effectsOf } from './replay-effects.ts';
import { arrivalOf, eventsOf } from './replay-event.ts';
import { createReplayWorld } from './replay-world.ts';

export interface ReplayOptions {
  readonly definition: StreamConsumerDefinition;
  /** The consumer's own handler, as it is deployed. */
  readonly create: (services: Services<keyof Connections>) => Invoke<StreamResponse>;
  readonly table: TableDefinition;
  /** The aggregates, so that counters can be told by name and group. */
  readonly totals: readonly TotalDefinition[];
  readonly batches: readonly RecordedBatch[];
  /** Time of the replay where the batches do not tell when they arrived. */
  readonly nowMs: number;
}

export interface ReplayResult {
  readonly consumer: string;
  readonly batches: readonly ReplayedBatch[];
  /** What the consumer left behind on services that were empty before. */
  readonly effects: readonly Effect[];
}

export interface ReplayedBatch {
  readonly records: number;
  /** Sequence number from which Lambda would deliver again; absent when all is resolved. */
  readonly unresolvedFrom?: string;
  /** Records by what became of them: `applied`, `duplicate`, `stale`, `filtered`, `deadLettered`, `retried`. */
  readonly outcomes: Readonly<Record<string, number>>;
}

/**
 * Runs recorded batches through a consumer on twins: nothing outside this process is touched, and the same batches
 * give the same result, because time stands where the batches were recorded.
 *
 * @throws {PipelineError} when the consumer refuses a whole batch, as it would make its function fail on Lambda.
 */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const { definition } = options;
  const world = createReplayWorld(options);
  const handler = options.create(world.services);
  const batches: ReplayedBatch[] = [];
  for (const batch of options.batches) {
    const outcomes = await world.startBatch(batch, arrivalOf(batch) ?? options.nowMs);
    const unresolvedFrom = await deliver(batch, { handler, definition, name: `replay-${batches.length + 1}` });
    batches.push({
      records: batch.records.length,
      outcomes,
      ...(unresolvedFrom === undefined ? {} : { unresolvedFrom }),
    });
  }
  return { consumer: definition.name, batches, effects: await effectsOf(world, options) };
}

/** Answers the sequence number from which Lambda would deliver again: it stops there. */
async function deliver(
  batch: RecordedBatch,
  options: {
    readonly handler: Invoke<StreamResponse>;
    readonly definition: StreamConsumerDefinition;
    readonly name: string;
  },
): Promise<string | undefined> {
  const { handler, definition, name } = options;
  let state: WindowState = {};
  for (const eventAfter of eventsOf(batch, definition)) {
    const response = await handler(eventAfter(state), {
      awsRequestId: name,
      getRemainingTimeInMillis: () => definition.timeoutS * 1000,
    });
    const [unresolved] = response.batchItemFailures;
    if (unresolved !== undefined) return unresolved.itemIdentifier;
    state = response.state ?? {};
  }
  return undefined;
}
