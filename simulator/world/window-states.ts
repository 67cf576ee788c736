import type { InvocationOutcome, MappingEvent } from '@tributary/event-source-mapping';
import { isObject } from '../../shared/change/raw-json.ts';
import type { Profile } from '../faults/profile.ts';

/**
 * The state with which a window goes on after a partial response that resolved nothing. The mapping sends again the one
 * that it had sent; where the profile says so, this puts the one in its place that came back.
 */
export class WindowStates {
  readonly #reading: Profile['windowState'];
  /** By shard and window. */
  readonly #returned = new Map<string, NonNullable<MappingEvent['state']>>();

  constructor(reading: Profile['windowState']) {
    this.#reading = reading;
  }

  before(event: MappingEvent): MappingEvent {
    const state = this.#returned.get(placeOf(event));
    return state === undefined ? event : { ...event, state };
  }

  after(event: MappingEvent, outcome: InvocationOutcome): void {
    if (this.#reading === 'sent' || event.window === undefined || outcome.kind !== 'returned') return;
    const payload: unknown = outcome.payload;
    const state = fieldOf(payload, 'state');
    const failures = fieldOf(payload, 'batchItemFailures');
    const isUnresolved = Array.isArray(failures) && failures.length > 0;
    if (isUnresolved && isObject(state)) this.#returned.set(placeOf(event), state);
    else this.#returned.delete(placeOf(event));
  }
}

function placeOf({ shardId = '', window }: MappingEvent): string {
  return `${shardId} ${window?.start ?? ''}`;
}

function fieldOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}
