import type { Observer } from '@tributary/event-source-mapping';

/** One batch as a mapping sent it to its function. */
export interface DeliveredBatch {
  readonly consumer: string;
  readonly shardId: string;
  readonly records: readonly object[];
  readonly arrivedAtMs: number;
}

export interface DeliveredBatches {
  readonly observe: (consumer: string, activity: Parameters<Observer>[0]) => void;
  /** In the order of delivery; those that failed come again. */
  of(consumer: string): readonly DeliveredBatch[];
  all(): readonly DeliveredBatch[];
}

/** Keeps the batches of all consumers, for a redrive of what is done and for recordings. */
export function createDeliveredBatches(): DeliveredBatches {
  const batches: DeliveredBatch[] = [];
  return {
    observe: (consumer, activity) => {
      if (activity.kind !== 'invocation' || activity.event.Records.length === 0) return;
      const { Records: records } = activity.event;
      batches.push({ consumer, shardId: activity.shardId ?? '', records, arrivedAtMs: activity.atMs });
    },
    of: (consumer) => batches.filter((batch) => batch.consumer === consumer),
    all: () => batches,
  };
}
