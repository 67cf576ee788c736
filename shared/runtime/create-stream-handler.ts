import { FatalConfigError } from '../batch/errors.ts';
import { type Observation, processBatch } from '../batch/process-batch.ts';
import type { BatchResponse } from '../batch/response.ts';
import type { Sink, WindowState } from '../batch/sink.ts';
import type { Change } from '../change/change.ts';
import { parseKinesisRecord } from '../change/from-kinesis.ts';
import { parseStreamRecord } from '../change/from-stream.ts';
import type { TableDefinition } from '../change/table-definition.ts';
import { effectsWithoutTombstones } from '../change/tombstone.ts';
import { type BatchReport, reportBatch } from './batch-report.ts';
import type { StreamConsumerDefinition } from './consumer-definition.ts';
import { createHandler } from './create-handler.ts';
import type { BaseServices, InvocationContext, Invoke } from './services.ts';
import { readStreamEvent, type StreamEvent } from './stream-event.ts';

/** With `state` when, and only when, the event is of a tumbling window: Lambda fails an answer without it. */
export interface StreamResponse extends BatchResponse {
  readonly state?: WindowState;
}

export interface StreamHandlerOptions<Request> {
  readonly definition: StreamConsumerDefinition;
  /** The table whose changes these are. */
  readonly table: TableDefinition;
  /** Pure. `undefined`: the change is none of the consumer's business. */
  readonly effects: (change: Change) => Request | undefined;
  readonly sink: Sink<Request>;
  readonly services: BaseServices;
}

/**
 * The handler of a consumer behind an event source mapping: what is deployed, replayed and simulated.
 *
 * @throws {FatalConfigError} when its sink takes batches otherwise than the definition says
 */
export function createStreamHandler<Request>(options: StreamHandlerOptions<Request>): Invoke<StreamResponse> {
  const { definition, sink, services } = options;
  if (sink.strategy !== definition.strategy) {
    throw new FatalConfigError(
      'configuration',
      `The sink of ${definition.name} takes batches by "${sink.strategy}": write that as strategy in its definition.`,
    );
  }
  return createHandler({ services, run: (event, context) => handleEvent(options, readStreamEvent(event), context) });
}

async function handleEvent<Request>(
  { definition, table, effects, sink, services }: StreamHandlerOptions<Request>,
  { records, shardId, window, turn }: StreamEvent,
  context: InvocationContext,
): Promise<StreamResponse> {
  const state = window === 'none' ? {} : { state: {} };
  // Most keep nothing in the window: it is there for the shard's name, so its end has nothing to do but its records.
  if (sink.strategy !== 'window' && window === 'closing' && records.length === 0)
    return { ...state, batchItemFailures: [] };
  assertShardKnown(definition, shardId);
  const { region } = services.config;
  const shard = shardId === undefined ? {} : { shardId };
  const observations: Observation[] = [];
  const response = await processBatch({
    records,
    ...shard,
    ...(turn === undefined ? {} : { window: turn }),
    parse:
      definition.trigger.kind === 'stream'
        ? (record) => parseStreamRecord(record, { region, ...shard })
        : (record) => parseKinesisRecord(record, { region }),
    effects: definition.tombstones === 'shown' ? effects : effectsWithoutTombstones(effects, table),
    sink,
    consumer: definition.name,
    deadLetters: services.deadLetters,
    limits: { remainingMs: () => context.getRemainingTimeInMillis() },
    observe: (observation) => observations.push(observation),
  });
  const report: BatchReport = { observations, received: records.length };
  reportBatch(report, services);
  return { ...state, ...response };
}

/** Only events of a tumbling window tell the shard of a DynamoDB batch, and positions are kept by shard. */
function assertShardKnown({ name, trigger }: StreamConsumerDefinition, shardId: string | undefined): void {
  if (trigger.kind !== 'stream' || trigger.mapping.tumblingWindowS === 0 || shardId !== undefined) return;
  throw new FatalConfigError(
    'configuration',
    `The event names no shard, which ${name} needs: ` +
      `set TumblingWindowInSeconds (${trigger.mapping.tumblingWindowS}) on its event source mapping.`,
  );
}
