import type { VirtualClock } from '@tributary/event-source-mapping';
import type { FaultBook, FaultCounter } from '../faults/fault-book.ts';
import type { Outages } from '../faults/outages.ts';
import type { Profile } from '../faults/profile.ts';
import type { Random } from '../random.ts';
import type { Digest } from './digest.ts';

/** What all parts of a simulated world share. */
export interface Surroundings {
  readonly clock: VirtualClock;
  readonly digest: Digest;
  readonly profile: Profile;
  readonly faults: FaultBook;
  readonly outages: Outages;
  /** From then on nothing goes wrong any more. */
  calm: boolean;
  /** Does something later, whoever asked for it may be gone by then. */
  later(delayMs: number, work: () => Promise<void>): void;
}

/** Where one consumer runs. */
export interface Place {
  readonly world: Surroundings;
  readonly region: string;
  readonly consumer: string;
  readonly random: Random;
  /** Works from elsewhere: what a function cannot reach, an operator can. */
  readonly isOperator?: boolean;
}

/** Of what befalls an operator, nothing counts for the consumer whose work it is. */
export function faultsOf({ world: { faults }, isOperator }: Place): FaultCounter {
  return isOperator ? faults.uncounted : faults;
}
