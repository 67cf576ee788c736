import type { PublishedSesEvent } from '../../shared/services/ses/simulated-events.ts';
import type { FunctionHost } from '../functions/function-host.ts';
import type { Random } from '../random.ts';
import type { Surroundings } from './place.ts';

/**
 * Brings what the mail service publishes to the settler: at least once and in time, or late, doubled and not at all.
 * An event that the settler fails on comes again, as Lambda repeats asynchronous invocations.
 */
export class EmailEvents {
  readonly #world: Surroundings;
  readonly #random: Random;
  settler: FunctionHost | undefined;

  constructor(world: Surroundings, random: Random) {
    this.#world = world;
    this.#random = random;
  }

  publish(event: PublishedSesEvent): void {
    if (this.#strikes('event-lost')) return;
    const lateMs = this.#strikes('event-late')
      ? this.#random.integer(60_000, 3_600_000)
      : this.#random.integer(10, 900);
    this.#world.later(lateMs, () => this.#deliver(event));
    if (this.#strikes('event-doubled')) this.#world.later(lateMs + 1_000, () => this.#deliver(event));
  }

  async #deliver(event: PublishedSesEvent): Promise<void> {
    const { clock, profile } = this.#world;
    // Without loss it is tried for ever; otherwise Lambda's three attempts have to do.
    const attempts = profile.onSilence === 'resend' || this.#world.calm ? Number.POSITIVE_INFINITY : 3;
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const outcome = await this.settler?.invoke({ 'detail-type': 'Email', source: 'aws.ses', detail: event });
      if (outcome?.outcome.kind === 'returned') return;
      await clock.sleep(attempt * (profile.onSilence === 'resend' ? 100 : 60_000));
    }
  }

  #strikes(name: 'event-lost' | 'event-late' | 'event-doubled'): boolean {
    const { calm, profile, faults } = this.#world;
    if (calm || !profile.faults.has(name) || !this.#random.chance(profile.rate * 2)) return false;
    if (!faults.fires(name, 'email-settler', '')) return false;
    faults.changes(name, 'email-settler');
    return true;
  }
}
