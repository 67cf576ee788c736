/**
 * How often mappings ask their streams for more, and how long they wait between attempts at most: the objects that
 * mappings are tuned with, changed while they run. Hours in which nobody writes pass in big steps, or most of a run
 * would be polls and refused attempts.
 */
export class Pace {
  readonly polling = { idleMs: 0, behindMs: 0 };
  readonly backoff = { baseMs: 500, maximumMs: 60_000 };
  readonly #pollingMs: number;

  constructor(pollingMs: number) {
    this.#pollingMs = pollingMs;
    this.polling.idleMs = pollingMs;
  }

  /** Nobody writes: nothing is asked more often than so. */
  slow(stepMs: number): void {
    this.polling.idleMs = Math.max(this.#pollingMs, stepMs);
    this.backoff.maximumMs = Math.max(60_000, stepMs);
  }

  usual(): void {
    this.slow(0);
  }

  get isSlow(): boolean {
    return this.polling.idleMs > this.#pollingMs;
  }
}
