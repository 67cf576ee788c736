/** Time as the pipeline sees it; injected, so that a run in virtual time is the same code. */
export interface Clock {
  /** Milliseconds since the epoch. */
  nowMs(): number;
  sleep(durationMs: number): Promise<void>;
}

/** Uniform in [0, 1). */
export type Random = () => number;
