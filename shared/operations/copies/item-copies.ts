import type { AttributeMap } from '../../change/attribute-value.ts';
import type { OperatedConsumer } from '../operated-services.ts';

/** An item as it was read, consistently, tombstones included; without an image: there is none. */
export interface ReadItem {
  readonly keys: AttributeMap;
  readonly image?: AttributeMap;
}

/**
 * What is wrong with what a consumer keeps of an item: `missing`: nothing is kept of it; `differs`: something else is;
 * `leftover`: something is kept of an item that is not there.
 */
export interface Difference {
  readonly kind: 'missing' | 'differs' | 'leftover';
  /** More of it, without anybody's data: names of attributes, a state. */
  readonly detail?: string;
}

/** What became of an item that was brought: `refused` as it would be as a live change; `unresolved`: trouble. */
export interface Brought {
  readonly kind: 'applied' | 'duplicate' | 'stale' | 'filtered' | 'refused' | 'unresolved';
  readonly reason?: string;
}

/** What a consumer keeps of each item of the table, somewhere else: a document, a copy, an email that is owed. */
export interface ItemCopies {
  /** Compares with the items as they were read. One answer for each, in order. */
  compare(items: readonly ReadItem[]): Promise<readonly (Difference | undefined)[]>;
  /**
   * Brings what is kept up to the items as they were read, never over what is newer: later changes win. One answer for
   * each, in order. Absent where nothing can be brought in afterwards.
   *
   * @param readAtMs before the items were read, milliseconds since the epoch
   * @throws {PipelineError} what passes, and what somebody has to put right; safe to repeat
   */
  readonly bring?: (items: readonly ReadItem[], readAtMs: number) => Promise<readonly Brought[]>;
  /** Nothing is brought unless the consumer was asked for by its name: that is a decision about people. */
  readonly byNameOnly?: true;
  /** Keys of everything that is kept, page by page: what is left of items that are gone. Absent: not to be told. */
  readonly kept?: () => AsyncIterable<readonly AttributeMap[]>;
}

export type CreateCopies = (operated: OperatedConsumer) => ItemCopies;
