import type { Random } from '../random.ts';
import type { Surroundings } from './place.ts';
import { isRedriven } from './redriven.ts';

/** Whoever answers for the consumers of one region. */
export interface Answering {
  /** New code, which takes what the old one refused. */
  deploy(consumer: string): void;
  /** Whether there was anything to redrive. */
  redrive(consumer: string): Promise<boolean>;
}

/** Longer than a mapping waits before it sends a batch again. */
const wakesWithinMs = 900;

/**
 * Operators whom the notice of a dead letter wakes: they deploy what they take for the cure and redrive at once, when
 * the invocation that stored the dead letter may still be under way, or dead before it committed.
 */
export class OnCall {
  readonly #world: Surroundings;
  readonly #random: Random;
  readonly #answering = new Map<string, Answering>();

  constructor(world: Surroundings, random: Random) {
    this.#world = world;
    this.#random = random;
  }

  answerIn(region: string, answering: Answering): void {
    this.#answering.set(region, answering);
  }

  /** A notice of a dead letter was sent. */
  ring(region: string, notice: string): void {
    const { calm, profile, faults } = this.#world;
    const answering = this.#answering.get(region);
    const { consumer }: { readonly consumer: string } = JSON.parse(notice);
    if (answering === undefined || !isRedriven(consumer)) return;
    if (calm || !profile.faults.has('redrive-at-once') || !this.#random.chance(0.3)) return;
    if (!faults.fires('redrive-at-once', consumer, region)) return;
    this.#world.later(this.#random.integer(0, wakesWithinMs), async () => {
      answering.deploy(consumer);
      if (await answering.redrive(consumer)) faults.changes('redrive-at-once', consumer);
    });
  }
}
