import type { MappingSettings, RunningMapping, Source, StartPoint } from '@tributary/event-source-mapping';

/** Where a mapping starts and whether it reads at once. */
export type Start = Pick<MappingSettings, 'StartingPosition' | 'StartingPositionTimestamp' | 'Enabled'>;

export interface MovableMapping extends RunningMapping {
  /** Goes on from there, without what it knew of its positions; paused, if it was. */
  rewind(to: number | 'TRIM_HORIZON'): Promise<void>;
  /** Records of the stream that it starts behind. */
  skipped(): number;
}

/** A mapping that can be made anew in its place, which is the only way to move one. */
export async function movableMapping(options: {
  readonly source: Source;
  readonly start: (from?: Start) => Promise<RunningMapping>;
  /** Records that the stream has taken so far. */
  readonly written: () => number;
}): Promise<MovableMapping> {
  const { source, start, written } = options;
  let current = await start();
  let skipped = 0;
  return {
    pause: () => current.pause(),
    resume: () => current.resume(),
    update: (settings) => current.update(settings),
    stop: () => current.stop(),
    status: () => current.status(),
    get ended() {
      return current.ended;
    },
    skipped: () => skipped,
    rewind: async (to) => {
      const Enabled = current.status().state === 'Enabled';
      await current.pause();
      await current.stop();
      const ahead =
        to === 'TRIM_HORIZON' ? written() : await countFrom(source, { kind: 'AT_TIMESTAMP', timestampMs: to });
      skipped = Math.max(0, written() - ahead);
      current =
        to === 'TRIM_HORIZON'
          ? await start({ StartingPosition: 'TRIM_HORIZON', Enabled })
          : await start({ StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: new Date(to), Enabled });
    },
  };
}

async function countFrom(source: Source, from: StartPoint): Promise<number> {
  const { signal } = new AbortController();
  let count = 0;
  for (const { shardId } of await source.listShards(signal)) {
    let iterator: string | undefined = await source.getIterator(shardId, from, signal);
    while (iterator !== undefined) {
      const page = await source.getRecords(shardId, iterator, signal);
      count += page.records.length;
      iterator = page.records.length === 0 ? undefined : page.nextIterator;
    }
  }
  return count;
}
