import type { Step } from './workload.ts';

export interface InOrder {
  readonly steps: readonly Step[];
  readonly send: (step: Step) => Promise<void>;
  /** Requests in flight at once. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Carried from one share of a workload to the next. @default none before */
  readonly lastOfUser?: Map<string, Promise<void>>;
}

/** Sends steps several at once, the writes of one user one after the other. */
export async function sendInOrder(options: InOrder): Promise<void> {
  const { steps, send, concurrency, signal, lastOfUser = new Map() } = options;
  const queue = steps.values();
  // Lanes take steps in order, so whatever a step waits for was taken before it: they cannot wait for each other.
  const lane = async (): Promise<void> => {
    for (const step of queue) {
      signal.throwIfAborted();
      const before = step.map(({ id }) => lastOfUser.get(id));
      const done = Promise.all(before).then(() => send(step));
      for (const { id } of step) lastOfUser.set(id, done);
      await done;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
}
