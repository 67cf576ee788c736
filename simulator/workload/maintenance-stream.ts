import type { TableStream } from '../../shared/services/dynamodb-streams/port.ts';
import type { Region } from '../world/world.ts';

/** The table's stream as somebody reads it now and then: from a place in a shard to its tip. */
export function streamOf({ feed }: Region): TableStream {
  const { source, tips } = feed.stream;
  return {
    shards: async () => [...tips.keys()].map((shardId) => ({ streamArn: source.arn, shardId })),
    read: async function* ({ shardId }, after) {
      const signal = new AbortController().signal;
      const start =
        after === undefined
          ? ({ kind: 'TRIM_HORIZON' } as const)
          : ({ kind: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: after } as const);
      let iterator: string | undefined = await source.getIterator(shardId, start, signal);
      while (iterator !== undefined) {
        const page: Awaited<ReturnType<typeof source.getRecords>> = await source.getRecords(shardId, iterator, signal);
        if (page.records.length === 0) return;
        yield page.records.map(({ record }) => record);
        iterator = page.nextIterator;
      }
    },
  };
}
