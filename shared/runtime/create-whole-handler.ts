import type { Observation } from '../batch/process-batch.ts';
import type { WholeSink } from '../batch/sink.ts';
import { processWhole } from '../batch/whole.ts';
import { reportBatch } from './batch-report.ts';
import type { StreamConsumerDefinition } from './consumer-definition.ts';
import { createHandler } from './create-handler.ts';
import type { StreamResponse } from './create-stream-handler.ts';
import type { BaseServices, InvocationContext, Invoke } from './services.ts';
import { readStreamEvent, type StreamEvent } from './stream-event.ts';

export interface WholeHandlerOptions {
  readonly definition: StreamConsumerDefinition;
  readonly sink: WholeSink;
  readonly services: BaseServices;
}

/** The handler of a consumer that takes batches as they are delivered: it parses nothing and has no effects. */
export function createWholeHandler(options: WholeHandlerOptions): Invoke<StreamResponse> {
  const { services } = options;
  return createHandler({ services, run: (event, context) => handleEvent(options, readStreamEvent(event), context) });
}

async function handleEvent(
  { definition, sink, services }: WholeHandlerOptions,
  { records, shardId, window }: StreamEvent,
  context: InvocationContext,
): Promise<StreamResponse> {
  const observations: Observation[] = [];
  const response = await processWhole({
    records,
    ...(shardId === undefined ? {} : { shardId }),
    sink,
    consumer: definition.name,
    limits: { remainingMs: () => context.getRemainingTimeInMillis() },
    observe: (observation) => observations.push(observation),
  });
  reportBatch({ observations, received: records.length }, services);
  return window === 'none' ? response : { state: {}, ...response };
}
