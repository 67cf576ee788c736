import { setTimeout as delay } from 'node:timers/promises';
import type { Step } from '../demo/workload.ts';

export interface SteadyWrites {
  readonly steps: readonly Step[];
  readonly durationMs: number;
  readonly send: (steps: readonly Step[]) => Promise<void>;
  readonly signal: AbortSignal;
}

const tickMs = 250;
/** Steps that may wait for their answer: on a machine that is too slow they do not pile up. */
const mostUnanswered = 500;
/** What may be missing when the time is up is sent a little later. */
const graceMs = 60_000;

/**
 * Sends all steps in order, as many in each second as in any other.
 *
 * @throws {Error} when the machine takes them much more slowly, or when one of them fails
 */
export async function sendSteadily({ steps, durationMs, send, signal }: SteadyWrites): Promise<void> {
  const began = performance.now();
  const underWay = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  let sent = 0;
  let unanswered = 0;
  while (sent < steps.length) {
    signal.throwIfAborted();
    if (failure !== undefined) throw failure.error;
    const passedMs = performance.now() - began;
    const due = Math.min(Math.floor((steps.length * passedMs) / durationMs), sent + mostUnanswered - unanswered);
    const share = steps.slice(sent, due);
    if (share.length > 0) {
      sent += share.length;
      unanswered += share.length;
      const sending = send(share).catch((error: unknown) => {
        failure = { error };
      });
      underWay.add(sending);
      void sending.finally(() => {
        unanswered -= share.length;
        underWay.delete(sending);
      });
    }
    if (passedMs > durationMs + graceMs) {
      throw new Error(`Only ${sent} of ${steps.length} requests were sent in time: choose a lower --rate.`);
    }
    await delay(tickMs);
  }
  await Promise.all(underWay);
  if (failure !== undefined) throw failure.error;
}
