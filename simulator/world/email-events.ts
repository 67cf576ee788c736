import type { PublishedSesEvent } from '../../shared/services/ses/simulated-events.ts';
import type { FunctionHost } from '../functions/function-host.ts';
import type { Random } from '../random.ts';
import type { Surroundings } from './place.ts';

interface Message {
  readonly messageId: string;
  readonly body: string;
}

const batchSize = 10;
const batchingWindowMs = 1_000;

/**
 * Brings what the mail service publishes to the settler, through a queue and in batches: at least once and in time, or
 * late, doubled and not at all. Messages that the settler fails on come again.
 */
export class EmailEvents {
  readonly #world: Surroundings;
  readonly #random: Random;
  readonly #queue: Message[] = [];
  /** Mails of which all events are lost. */
  readonly #silent = new Set<unknown>();
  #count = 0;
  #isReading = false;
  settler: FunctionHost | undefined;

  constructor(world: Surroundings, random: Random) {
    this.#world = world;
    this.#random = random;
  }

  publish(event: PublishedSesEvent): void {
    const { messageId } = event.mail;
    if (this.#silent.has(messageId)) return;
    if (this.#strikes('event-lost')) {
      // Mostly because the way from the service is cut: then none gets through.
      if (this.#random.chance(0.7)) this.#silent.add(messageId);
      return;
    }
    const isLate = this.#strikes('event-late');
    const delayMs = isLate ? this.#random.integer(60_000, 3_600_000) : this.#random.integer(10, 900);
    this.#count += 1;
    const message = { messageId: `event-${this.#count}`, body: JSON.stringify(event) };
    this.#enqueue(message, delayMs);
    if (this.#strikes('event-doubled')) this.#enqueue({ ...message, messageId: `${message.messageId}-again` }, delayMs);
  }

  #enqueue(message: Message, delayMs: number): void {
    this.#world.later(delayMs, async () => {
      this.#queue.push(message);
      if (this.#isReading) return;
      this.#isReading = true;
      this.#world.later(batchingWindowMs, () => this.#read());
    });
  }

  async #read(): Promise<void> {
    this.#isReading = false;
    while (this.#queue.length > 0) {
      const messages = this.#queue.splice(0, batchSize);
      const failed = await this.#invoke(messages);
      for (const message of messages) if (failed.has(message.messageId)) this.#again(message);
    }
  }

  /** The messages that have to come again. */
  async #invoke(messages: readonly Message[]): Promise<ReadonlySet<string>> {
    const answer = await this.settler?.invoke({ Records: messages });
    const payload: unknown = answer?.outcome.kind === 'returned' ? answer.outcome.payload : undefined;
    const failures: unknown =
      typeof payload === 'object' && payload !== null ? Reflect.get(payload, 'batchItemFailures') : undefined;
    if (!Array.isArray(failures)) return new Set(messages.map(({ messageId }) => messageId));
    return new Set(failures.map(({ itemIdentifier }: { readonly itemIdentifier: string }) => itemIdentifier));
  }

  /** After the queue's visibility timeout; at once where no event may be late. */
  #again(message: Message): void {
    this.#enqueue(message, this.#world.profile.onSilence === 'resend' ? 100 : 60_000);
  }

  #strikes(name: 'event-lost' | 'event-late' | 'event-doubled'): boolean {
    const { calm, profile, faults } = this.#world;
    if (calm || !profile.faults.has(name) || !this.#random.chance(profile.rate * 2)) return false;
    if (!faults.fires(name, 'email-settler', '')) return false;
    faults.changes(name, 'email-settler');
    return true;
  }
}
