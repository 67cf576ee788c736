import type { Digest } from '../world/digest.ts';
import type { FaultName } from './fault-names.ts';

/** How often each fault befell each consumer, and how often that took its code another way. */
export interface Tally {
  fired: number;
  changed: number;
}

/** By `fault consumer`. */
export type Coverage = Map<string, Tally>;

/** Faults that are left out when a failing history is made smaller: whole kinds, or single ones by their number. */
export interface Mask {
  readonly kinds: ReadonlySet<FaultName>;
  readonly numbers: ReadonlySet<number>;
}

/** Where it is written down what befell whom. */
export type FaultCounter = Pick<FaultBook, 'fires' | 'reaches' | 'changes' | 'diverts'>;

/** Keeps account of the faults of a run; each has a number, by which a smaller run can leave it out. */
export class FaultBook {
  readonly coverage: Coverage = new Map();
  /** Those that came about, in order, for people. */
  readonly lines: string[] = [];
  /** For what befalls others than the consumer: operators who do its work, a schedule that reads no answer. */
  readonly uncounted: FaultCounter = {
    fires: (fault, consumer, where) => this.#comesAbout(fault, consumer, where),
    reaches: () => undefined,
    changes: () => undefined,
    diverts: () => undefined,
  };
  readonly #digest: Digest;
  readonly #mask: Mask | undefined;
  #number = 0;

  constructor(digest: Digest, mask?: Mask) {
    this.#digest = digest;
    this.#mask = mask;
  }

  /** Whether a fault that was drawn comes about. Without a consumer: it is told later whom it {@link reaches}. */
  fires(fault: FaultName, consumer: string | undefined, where: string): boolean {
    if (!this.#comesAbout(fault, consumer, where)) return false;
    if (consumer !== undefined) this.reaches(fault, consumer);
    return true;
  }

  /** What was drawn elsewhere (by a stream, by an outage) reached this consumer now. */
  reaches(fault: FaultName, consumer: string): void {
    this.#tally(fault, consumer).fired += 1;
  }

  changes(fault: FaultName, consumer: string): void {
    this.#tally(fault, consumer).changed += 1;
  }

  /** It reached this consumer, and whatever that does, it does it another way. */
  diverts(fault: FaultName, consumer: string): void {
    this.reaches(fault, consumer);
    this.changes(fault, consumer);
  }

  #comesAbout(fault: FaultName, consumer: string | undefined, where: string): boolean {
    this.#number += 1;
    if (this.#mask?.kinds.has(fault) || this.#mask?.numbers.has(this.#number)) return false;
    const line = `fault ${this.#number} ${fault} ${consumer === undefined ? '' : `${consumer} `}${where}`;
    this.#digest.add(line);
    this.lines.push(line);
    return true;
  }

  #tally(fault: FaultName, consumer: string): Tally {
    const key = `${fault} ${consumer}`;
    const known = this.coverage.get(key);
    if (known !== undefined) return known;
    const tally = { fired: 0, changed: 0 };
    this.coverage.set(key, tally);
    return tally;
  }
}
