import type { PublishedSesEvent } from '../../../shared/services/ses/simulated-events.ts';

/** What can happen to an event on its way, each with a probability from 0 to 1. */
export interface EventFaults {
  readonly lost?: number;
  readonly doubled?: number;
  readonly late?: number;
  /** How late a late one is. */
  readonly lateMs?: number;
}

export interface EventPublisherOptions {
  readonly deliver: ((event: PublishedSesEvent) => unknown) | undefined;
  readonly faults: EventFaults | undefined;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export interface EventPublisher {
  publish(event: PublishedSesEvent): void;
  /** Nothing is delivered any more. */
  stop(): void;
}

const retryMs = 250;

/** Delivers events soon after they happened, each until its receiver has taken it. */
export function startEventPublisher({ deliver, faults = {}, random }: EventPublisherOptions): EventPublisher {
  const { lost = 0, doubled = 0, late = 0, lateMs = 5_000 } = faults;
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;

  function schedule(event: PublishedSesEvent, afterMs: number): void {
    if (stopped) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      void attempt(event);
    }, afterMs);
    timers.add(timer);
  }

  async function attempt(event: PublishedSesEvent): Promise<void> {
    try {
      await deliver?.(event);
    } catch {
      schedule(event, retryMs);
    }
  }

  return {
    publish(event) {
      if (random() < lost) return;
      const copies = random() < doubled ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) schedule(event, random() < late ? lateMs : 0);
    },
    stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
