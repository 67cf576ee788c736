import type { FaultName } from './fault-names.ts';
import type { CallSite } from './service-errors.ts';

/** Trouble that lasts, and poison that lasts until a deployment mends it. */
export class Outages {
  readonly #active = new Set<Outage>();

  begin(outage: Outage): void {
    this.#active.add(outage);
  }

  end(outage: Outage): void {
    this.#active.delete(outage);
  }

  endAll(): void {
    this.#active.clear();
  }

  /** A deployment of the consumer brings code that can read what the old code could not. */
  deployed(consumer: string): void {
    for (const outage of this.#active) {
      if (outage.kind === 'poison' && outage.consumer === consumer) this.#active.delete(outage);
    }
  }

  /** The outage that this call runs into. */
  refusing(place: { readonly region: string; readonly consumer: string }, site: CallSite): FaultName | undefined {
    for (const outage of this.#active) if (concerns(outage, place, site)) return outage.kind;
    return undefined;
  }

  /** Whether the function's answers do not reach its mapping. */
  losesAnswers(place: { readonly region: string; readonly consumer: string }): boolean {
    for (const outage of this.#active) {
      if (outage.kind === 'answers-lost' && outage.region === place.region && outage.consumer === place.consumer)
        return true;
    }
    return false;
  }

  /** Whether the consumer's sink refuses this item, or group, for what it is. */
  poisons(consumer: string, text: string): boolean {
    for (const outage of this.#active) {
      if (outage.kind === 'poison' && outage.consumer === consumer && outage.texts.has(text)) return true;
    }
    return false;
  }
}

export type Outage =
  /** What the consumer writes to does not answer, or the consumer's answers get lost, in one region. */
  | {
      readonly kind: 'sink-down' | 'age-exhausted' | 'answers-lost';
      readonly region: string;
      readonly consumer: string;
    }
  /** No region reaches the other. */
  | { readonly kind: 'partition' }
  | { readonly kind: 'dead-letters-down'; readonly region: string }
  | { readonly kind: 'poison'; readonly consumer: string; readonly texts: ReadonlySet<string> };

function concerns(
  outage: Outage,
  { region, consumer }: { readonly region: string; readonly consumer: string },
  { service }: CallSite,
): boolean {
  switch (outage.kind) {
    case 'sink-down':
    case 'age-exhausted':
      if (outage.region !== region || outage.consumer !== consumer) return false;
      return service !== 'deadLetters' && service !== 'notices';
    case 'partition':
      return service === 'remoteDynamodb';
    case 'dead-letters-down':
      return outage.region === region && (service === 'deadLetters' || service === 'notices');
    case 'answers-lost':
    case 'poison':
      return false;
  }
}
