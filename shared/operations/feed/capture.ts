import type { Clock } from '../../batch/clock.ts';
import type { RecordedBatch, RecordedRecord } from '../../batch/recorded-batch.ts';
import { type Feed, type FeedStart, follow } from './feed.ts';

export interface CaptureOptions {
  readonly feed: Feed;
  readonly from: FeedStart;
  /** Records at most. */
  readonly most: number;
  readonly forMs: number;
  readonly clock: Clock;
  /** How a record is kept: masked, or as it is. */
  readonly kept: (record: unknown) => unknown;
  readonly redaction: RecordedBatch['header']['redaction'];
  /** The consumer that replays read the file for, unless they are told another. */
  readonly consumer?: string;
  readonly signal: AbortSignal;
}

/** What arrives, as one batch for each shard: in its order, with the time of its arrival. */
export async function capture(options: CaptureOptions): Promise<readonly RecordedBatch[]> {
  const { feed, from, most, forMs, clock, kept, redaction, consumer } = options;
  const shards = new Map<string, RecordedRecord[]>();
  const untilMs = clock.nowMs() + forMs;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const timer = endAt(untilMs, { clock, stop });
  let count = 0;
  for await (const { shardId, records } of follow(feed, { from, signal, clock })) {
    const taken = records.slice(0, most - count).map(({ arrivalMs, record }) => {
      return { arrivedAt: new Date(arrivalMs).toISOString(), record: kept(record) };
    });
    shards.set(shardId, [...(shards.get(shardId) ?? []), ...taken]);
    count += taken.length;
    if (count >= most || clock.nowMs() >= untilMs) break;
  }
  stop.abort();
  await timer;
  return [...shards].map(([shardId, records]) => ({
    header: {
      ...{ source: 'kinesis', streamArn: feed.arn, shardId, redaction },
      ...(consumer === undefined ? {} : { mapping: consumer }),
    },
    records,
  }));
}

const tickMs = 250;

/** Ends the reading of a stream in which nothing arrives. */
async function endAt(
  untilMs: number,
  { clock, stop }: { readonly clock: Clock; readonly stop: AbortController },
): Promise<void> {
  while (!stop.signal.aborted && clock.nowMs() < untilMs) await clock.sleep(tickMs);
  stop.abort();
}
