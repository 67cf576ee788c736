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

/**
 * Keeps the batches of all consumers, for a redrive of what is done and for recordings.
 *
 * @param options.mostRecords of a consumer in a region: those after so many are not kept, so that a long run does not
 *   fill the memory
 */
export function createDeliveredBatches({ mostRecords }: { readonly mostRecords: number }): DeliveredBatches {
  const batches: DeliveredBatch[] = [];
  const kept = new Map<string, number>();
  return {
    observe: ({ consumer, region }, activity) => {
      if (activity.kind !== 'invocation' || activity.event.Records.length === 0) return;
      const { Records: records } = activity.event;
      const before = kept.get(`${consumer} ${region}`) ?? 0;
      if (before >= mostRecords) return;
      kept.set(`${consumer} ${region}`, before + records.length);
      batches.push({ consumer, region, shardId: activity.shardId ?? '', records, arrivedAtMs: activity.atMs });
    },
    of: ({ consumer, region }) => batches.filter((batch) => batch.consumer === consumer && batch.region === region),
    all: () => batches,
  };
}
