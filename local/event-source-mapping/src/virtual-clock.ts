import { onAbort } from './abort-listeners.ts';
import type { Clock } from './clock.ts';

/**
 * A clock that moves only when told to, and then only while everything else waits for it.
 *
 * Each step wakes the earliest sleeper, then lets all work that follows from it run out before time moves again, so a
 * run is a pure function of its inputs. Work counts as run out when neither promises nor `setImmediate` callbacks are
 * left; whatever leaves the process (a file, a socket) has to be passed through {@link VirtualClock.hold}.
 */
export interface VirtualClock extends Clock {
  /** Moves time forward by `durationMs`, waking every sleeper due on the way in order. */
  advance(durationMs: number): Promise<void>;
  /**
   * Moves time forward until `reached()`, checked after every step.
   *
   * @throws {Error} when that takes more than `withinMs` of virtual time, or nobody sleeps any more.
   */
  advanceUntil(reached: () => boolean, withinMs: number): Promise<void>;
  /** Wakes the next sleeper and lets work run out, as it has to have before; false when none is due by `limitMs`. */
  step(limitMs: number): Promise<boolean>;
  /** Time stands still until `work` settles; returns `work`. */
  hold<T>(work: Promise<T>): Promise<T>;
}

interface Sleeper {
  readonly dueMs: number;
  wake(): void;
}

export function virtualClock({ startMs }: { readonly startMs: number }): VirtualClock {
  const sleepers: Sleeper[] = [];
  const held = new Set<Promise<unknown>>();
  let nowMs = startMs;

  const sleep = (delayMs: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const leave = () => {
        sleepers.splice(sleepers.indexOf(sleeper), 1);
        forget?.();
        resolve();
      };
      const sleeper: Sleeper = { dueMs: nowMs + Math.max(0, delayMs), wake: leave };
      const later = sleepers.findIndex((other) => other.dueMs > sleeper.dueMs);
      sleepers.splice(later < 0 ? sleepers.length : later, 0, sleeper);
      const forget = signal && onAbort(signal, leave);
    });

  const workRunsOut = async (): Promise<void> => {
    do {
      while (held.size > 0) await Promise.race(held);
      await new Promise((resolve) => setImmediate(resolve));
    } while (held.size > 0);
  };

  const step = async (limitMs: number): Promise<boolean> => {
    const [next] = sleepers;
    if (!next || next.dueMs > limitMs) return false;
    nowMs = Math.max(nowMs, next.dueMs);
    next.wake();
    await workRunsOut();
    return true;
  };

  return {
    nowMs: () => nowMs,
    ...{ sleep, step },
    hold(work) {
      const release = () => held.delete(settled);
      const settled: Promise<unknown> = work.then(release, release);
      held.add(settled);
      return work;
    },
    async advance(durationMs) {
      const untilMs = nowMs + durationMs;
      await workRunsOut();
      while (await step(untilMs));
      nowMs = untilMs;
    },
    async advanceUntil(reached, withinMs) {
      const limitMs = nowMs + withinMs;
      await workRunsOut();
      while (!reached()) {
        if (!(await step(limitMs))) throw unreachable(sleepers[0], withinMs);
      }
    },
  };
}

function unreachable(next: Sleeper | undefined, withinMs: number): Error {
  return new Error(
    next === undefined
      ? 'The virtual clock cannot reach the condition: nobody is waiting for time to pass.'
      : `The condition was not reached within ${withinMs} ms of virtual time.`,
  );
}
