import { Fifo } from './fifo.ts';
import type { ReadRecord } from './read-record.ts';

/**
 * How far a shard is dealt with when its records end out of order: filtered out, or in one of several lanes. The safe
 * position is the last record before which, itself included, everything is done; after a crash reading goes on there,
 * and what other lanes had done beyond it is delivered again.
 */
export class ShardProgress {
  readonly #open = new Fifo<ReadRecord>();
  #safe: string | undefined;

  constructor(safe: string | undefined) {
    this.#safe = safe;
  }

  get safe(): string | undefined {
    return this.#safe;
  }

  /** Records read from the oldest unfinished one on. */
  get ahead(): number {
    return this.#open.length;
  }

  /** The oldest record that is not dealt with. */
  get oldest(): ReadRecord | undefined {
    return this.#open.at(0);
  }

  read(record: ReadRecord): void {
    this.#open.push(record);
  }

  /** Whether the safe position moved. */
  advance(): boolean {
    let count = 0;
    let last: ReadRecord | undefined;
    for (let next = this.#open.at(0); next?.done; next = this.#open.at(count)) {
      last = next;
      count += 1;
    }
    if (!last) return false;
    this.#open.drop(count);
    this.#safe = last.sequenceNumber;
    return true;
  }
}
