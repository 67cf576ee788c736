import type { Clock } from '../batch/clock.ts';

/** Keeps a walk through a table from crowding out live traffic. */
export interface Pace {
  /** Resolves when the next page may be read. */
  next(): Promise<void>;
  /** So many items were read and dealt with since. Resolves when they have taken as long as they should. */
  took(items: number): Promise<void>;
}

interface PaceOptions {
  readonly clock: Clock;
  /** Items a second at most; absent: as fast as it goes. */
  readonly itemsPerS?: number;
  /** Beyond this lag of the live consumer the walk waits. */
  readonly lagMaxMs: number;
  /** How old the oldest record is that the live consumer has not dealt with; undefined where nobody can tell. */
  readonly lagMs: () => Promise<number | undefined>;
  /** Told whenever it waits for the live consumer. */
  readonly waiting: (lagMs: number) => void;
}

const LOOK_AGAIN_MS = 1_000;

export function createPace({ clock, itemsPerS, lagMaxMs, lagMs, waiting }: PaceOptions): Pace {
  let startedMs = clock.nowMs();
  let lookedMs = Number.NEGATIVE_INFINITY;
  return {
    next: async () => {
      while (clock.nowMs() - lookedMs >= LOOK_AGAIN_MS) {
        const lag = (await lagMs()) ?? 0;
        if (lag <= lagMaxMs) {
          lookedMs = clock.nowMs();
          break;
        }
        waiting(lag);
        await clock.sleep(LOOK_AGAIN_MS);
      }
      startedMs = clock.nowMs();
    },
    took: async (items) => {
      const restMs = itemsPerS === undefined ? 0 : (items / itemsPerS) * 1000 - (clock.nowMs() - startedMs);
      if (restMs > 0) await clock.sleep(Math.ceil(restMs));
    },
  };
}
