/**
 * What Kinesis Data Streams for DynamoDB is allowed to do and seldom does: the same record twice, and records out of
 * order, also those of one item. The order of faults follows from the seed and the batches alone.
 */
import type { KinesisRecord } from './kinesis-record.ts';

export interface DeliveryFaults {
  readonly seed: number;
  /** Share of records that are put a second time, some rounds later; 0 to 1. */
  readonly duplicateRate: number;
  /** Share of records that change places with a later one of their batch, half of them of the same item; 0 to 1. */
  readonly reorderRate: number;
}

export interface FaultInjector {
  /** The batch with some records swapped, and how many swaps that took. */
  reorder(batch: readonly KinesisRecord[]): { readonly batch: readonly KinesisRecord[]; readonly swaps: number };
  /** Remembers some records of a batch that was put, to be returned by a later `takeDue`. */
  remember(batch: readonly KinesisRecord[]): void;
  /** One round has passed: the records to put again now. `all` leaves none behind. */
  takeDue(which: 'due' | 'all'): readonly KinesisRecord[];
}

const mostRoundsLater = 5;

export function createFaultInjector({ seed, duplicateRate, reorderRate }: DeliveryFaults): FaultInjector {
  const random = seededRandom(seed);
  let held: { readonly record: KinesisRecord; readonly rounds: number }[] = [];

  function partnerOf(index: number, batch: readonly KinesisRecord[]): number {
    const key = batch[index]?.partitionKey;
    const sameItem = batch.findIndex((other, at) => at > index && other.partitionKey === key);
    if (sameItem >= 0 && random() < 0.5) return sameItem;
    return index + 1 + Math.floor(random() * (batch.length - index - 1));
  }

  return {
    reorder(original) {
      const batch = [...original];
      let swaps = 0;
      for (let index = 0; index < batch.length - 1; index += 1) {
        if (random() >= reorderRate) continue;
        const other = partnerOf(index, batch);
        const [a, b] = [batch[index], batch[other]];
        if (a === undefined || b === undefined) continue;
        batch[index] = b;
        batch[other] = a;
        swaps += 1;
      }
      return { batch, swaps };
    },
    remember(batch) {
      for (const record of batch) {
        if (random() < duplicateRate) held.push({ record, rounds: 1 + Math.floor(random() * mostRoundsLater) });
      }
    },
    takeDue(which) {
      const later = held.map(({ record, rounds }) => ({ record, rounds: rounds - 1 }));
      const due = later.filter(({ rounds }) => which === 'all' || rounds === 0);
      held = which === 'all' ? [] : later.filter(({ rounds }) => rounds > 0);
      return due.map(({ record }) => record);
    },
  };
}

/** Mulberry32: uniform in [0, 1), the same sequence for the same seed. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
