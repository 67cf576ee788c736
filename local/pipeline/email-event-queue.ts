import { randomUUID } from 'node:crypto';
import type { EmailEventsMapping } from '../../shared/runtime/consumer-definition.ts';
import type { InvocationResult } from '../functions/invocation.ts';
import type { Consumer } from './consumer.ts';
import { emailRegion } from './names.ts';

/** Stands in for topic, queue and mapping between SES and the function that its events are for. */
export interface EmailEventQueue {
  /** Resolves once the function has taken the event. @throws {Error} when it has not: the event has to come again. */
  take(event: unknown): Promise<void>;
}

/** In front of the function that takes the events; undefined when there is none. */
export function emailEventQueueOf(
  regions: readonly { readonly name: string; readonly consumers: readonly Consumer[] }[],
): EmailEventQueue | undefined {
  const welcoming = regions.find(({ name }) => name === emailRegion)?.consumers ?? [];
  for (const { definition, host } of welcoming) {
    const mapping = definition.trigger.kind === 'schedule' && definition.trigger.emailEvents;
    if (mapping) return createEmailEventQueue({ mapping, invoke: host.invoke });
  }
  return undefined;
}

interface Waiting {
  readonly messageId: string;
  readonly body: string;
  readonly taken: PromiseWithResolvers<void>;
}

export function createEmailEventQueue(options: {
  readonly mapping: EmailEventsMapping;
  readonly invoke: (event: unknown) => Promise<InvocationResult>;
}): EmailEventQueue {
  const { mapping, invoke } = options;
  let waiting: Waiting[] = [];
  let window: NodeJS.Timeout | undefined;

  function release(): void {
    clearTimeout(window);
    window = undefined;
    const batch = waiting.slice(0, mapping.batchSize);
    waiting = waiting.slice(mapping.batchSize);
    if (batch.length > 0) void deliver(batch, invoke);
  }

  return {
    take(event) {
      const taken = Promise.withResolvers<void>();
      waiting.push({ messageId: randomUUID(), body: JSON.stringify(event), taken });
      if (waiting.length >= mapping.batchSize) release();
      else window ??= setTimeout(release, mapping.maximumBatchingWindowS * 1000);
      return taken.promise;
    },
  };
}

/** One invocation with the fields of a message that the function reads; a batch that fails whole stays whole. */
async function deliver(batch: readonly Waiting[], invoke: (event: unknown) => Promise<InvocationResult>) {
  const records = batch.map(({ messageId, body }) => ({ messageId, body, eventSource: 'aws:sqs' }));
  const result = await invoke({ Records: records });
  const given = result.kind === 'returned' ? givenBack(result.payload) : undefined;
  for (const { messageId, taken } of batch) {
    if (result.kind === 'functionError') taken.reject(new Error(result.error.message));
    else if (given === undefined || given.has(messageId)) taken.reject(new Error('The function gave the event back.'));
    else taken.resolve();
  }
}

/** Undefined for an answer that is none, which counts as a failure of the whole batch. */
function givenBack(payload: unknown): ReadonlySet<string> | undefined {
  if (typeof payload !== 'object' || payload === null || !('batchItemFailures' in payload)) return undefined;
  const { batchItemFailures: failures } = payload;
  if (!Array.isArray(failures)) return undefined;
  return new Set(failures.map((failure: { readonly itemIdentifier?: string }) => failure.itemIdentifier ?? ''));
}
