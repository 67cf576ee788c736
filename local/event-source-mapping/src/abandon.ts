import { onAbort } from './abort-listeners.ts';

/** Thrown to the waiter of work that {@link unlessAborted} gave up on. */
export class AbandonedError extends Error {
  override readonly name = 'AbandonedError';
}

/**
 * Settles as `start()` does, or rejects with {@link AbandonedError} as soon as `signal` aborts; the work itself goes
 * on unwatched, so its effect may still happen.
 */
export function unlessAborted<T>(signal: AbortSignal, start: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abandon = () => reject(new AbandonedError('The mapping was stopped.'));
    if (signal.aborted) return abandon();
    // Removed on settling: a listener per invocation on a signal that lives for days would be a leak.
    const settled = onAbort(signal, abandon);
    attempt(start).then(resolve, reject).finally(settled);
  });
}

/** A throw before the first await is a rejection as well. */
async function attempt<T>(start: () => Promise<T>): Promise<T> {
  return await start();
}
