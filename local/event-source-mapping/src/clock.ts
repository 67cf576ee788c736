/** Time as the mapping sees it: all waiting and every timestamp goes through one of these. */
export interface Clock {
  /** Epoch milliseconds. */
  nowMs(): number;
  /** Resolves after `delayMs`, or at once when `signal` aborts; never rejects. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** The wall clock, for real engines. Its timers do not keep a process alive once the mapping is stopped. */
export function realClock(): Clock {
  return {
    nowMs: () => Date.now(),
    sleep: (delayMs, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const wake = () => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const timer = setTimeout(wake, delayMs);
        signal?.addEventListener('abort', wake);
      }),
  };
}
