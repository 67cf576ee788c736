import type { SourceRecord } from '../source.ts';

/** One pass over a shard's records at a time: going on is cheap, going back starts over. Nothing read is kept. */
export class ShardCursor {
  readonly #records: () => Iterable<SourceRecord>;
  readonly #broken: (error: unknown) => void;
  #pass: Iterator<SourceRecord> | undefined;
  #next: SourceRecord | undefined;
  #index = 0;

  /** `broken` hears of records that cannot be had: the mapping would take it for a read to be repeated. */
  constructor(records: () => Iterable<SourceRecord>, broken: (error: unknown) => void) {
    this.#records = records;
    this.#broken = broken;
  }

  /** Of the next record. */
  get index(): number {
    return this.#index;
  }

  /** Whether the pass under way came to the last record. */
  get ended(): boolean {
    return this.#pass !== undefined && this.#next === undefined;
  }

  /** Ends the pass: the next one begins at the first record. */
  rewind(): void {
    this.#pass = undefined;
  }

  /** The next record; undefined at the end. */
  peek(): SourceRecord | undefined {
    if (!this.#pass) this.seek(0);
    return this.#next;
  }

  skip(): void {
    this.#index += 1;
    this.#pull();
  }

  seek(index: number): void {
    if (!this.#pass || index < this.#index) {
      this.#pass = this.#records()[Symbol.iterator]();
      this.#index = 0;
      this.#pull();
    }
    while (this.#index < index && this.#next) this.skip();
  }

  #pull(): void {
    try {
      const result = this.#pass?.next();
      this.#next = result === undefined || result.done ? undefined : result.value;
    } catch (error) {
      this.#broken(error);
      throw error;
    }
  }
}
