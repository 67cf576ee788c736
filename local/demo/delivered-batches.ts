import type { Observer } from '@tributary/event-source-mapping';
import type { Place } from '../pipeline/pipeline-options.ts';

/** One batch as a mapping sent it to its function. */
export interface DeliveredBatch {
  readonly consumer: string;
  readonly region: string;
  readonly shardId: string;
  readonly records: readonly object[];
  readonly arrivedAtMs: number;
}

export interface DeliveredBatches {
  readonly observe: (place: Place, activity: Parameters<Observer>[0]) => void;
  /** In the order of delivery; those that failed come again. */
  of(place: Place): readonly DeliveredBatch[];
  all(): readonly DeliveredBatch[];
}

/** Keeps the batches of all consumers, for a redrive of what is done and for recordings. */
export function createDeliveredBatches(): DeliveredBatches {
  const batches: DeliveredBatch[] = [];
  return {
    observe: ({ consumer, region }, activity) => {
      if (activity.kind !== 'invocation' || activity.event.Records.length === 0) return;
      const { Records: records } = activity.event;
      batches.push({ consumer, region, shardId: activity.shardId ?? '', records, arrivedAtMs: activity.atMs });
    },
    of: ({ consumer, region }) => batches.filter((batch) => batch.consumer === consumer && batch.region === region),
    all: () => batches,
  };
}
