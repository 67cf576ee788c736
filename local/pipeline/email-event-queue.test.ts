import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { InvocationResult } from '../functions/invocation.ts';
import { createEmailEventQueue } from './email-event-queue.ts';

interface QueueEvent {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[];
}

const mapping = { batchSize: 3, maximumBatchingWindowS: 1, reportBatchItemFailures: true } as const;
const allTaken: InvocationResult = { kind: 'returned', payload: { batchItemFailures: [] } };

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A queue of numbers in front of a function that answers so; `batches` is what the function was given. */
function queueTo(answer: (event: QueueEvent) => InvocationResult) {
  const batches: unknown[][] = [];
  const queue = createEmailEventQueue({
    mapping,
    invoke: async (event) => {
      const given = event as QueueEvent;
      batches.push(given.Records.map(({ body }) => JSON.parse(body)));
      return answer(given);
    },
  });
  return { queue, batches };
}

test('events wait for a full batch, or for the window to pass', async () => {
  const { queue, batches } = queueTo(() => allTaken);
  const taken = [1, 2, 3, 4].map((event) => queue.take(event));
  expect(batches).toEqual([[1, 2, 3]]);
  await vi.advanceTimersByTimeAsync(999);
  expect(batches).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  await Promise.all(taken);
  expect(batches).toEqual([[1, 2, 3], [4]]);
});

test('an event that the function gives back has not arrived; the rest of its batch has', async () => {
  const { queue } = queueTo(({ Records }) => ({
    kind: 'returned',
    payload: { batchItemFailures: [{ itemIdentifier: Records[1]?.messageId }] },
  }));
  const settled = await Promise.allSettled([1, 2, 3].map((event) => queue.take(event)));
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test.each<InvocationResult>([
  { kind: 'functionError', error: { name: 'Runtime.ExitError', message: 'The function was killed.' } },
  { kind: 'returned', payload: undefined },
])('no event of a batch has arrived when the invocation ends with %j', async (result) => {
  const { queue } = queueTo(() => result);
  const settled = await Promise.allSettled([1, 2, 3].map((event) => queue.take(event)));
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
});
