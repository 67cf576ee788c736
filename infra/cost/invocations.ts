import type { StreamConsumerDefinition } from '../../shared/runtime/consumer-definition.ts';
import { assumed } from './assumptions.ts';

/** How a mapping cuts what flows into batches. */
export interface Invocations {
  readonly shards: number;
  /** A second, of all shards. */
  readonly perS: number;
  readonly recordsEach: number;
}

const eventMaxKb = 6 * 1024;

/**
 * A shard's batch is taken when it is full (in records or in the 6 MB of an event), or when its window has passed; an
 * idle shard is polled once a second (Kinesis) or four times (DynamoDB), and nothing is invoked for nothing.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
 */
export function invocationsOf(
  { trigger }: StreamConsumerDefinition,
  { writesPerS, shards }: { readonly writesPerS: number; readonly shards: number },
): Invocations {
  const { mapping, kind } = trigger;
  const shardPerS = writesPerS / shards;
  const pollS = kind === 'kinesis' ? 1 : 0.25;
  const windowS = Math.max(mapping.maximumBatchingWindowS, pollS);
  const fullAt = Math.min(mapping.batchSize, Math.floor(eventMaxKb / assumed('eventKb')));
  // The chance that a window brings anything, with writes that come independently of each other.
  const whenTimeIsUp = (1 - Math.exp(-shardPerS * windowS)) / windowS;
  const batchesPerS = Math.max(shardPerS / fullAt, whenTimeIsUp);
  const finalPerS = mapping.tumblingWindowS === 0 ? 0 : 1 / mapping.tumblingWindowS;
  return { shards, perS: shards * (batchesPerS + finalPerS), recordsEach: shardPerS / batchesPerS };
}

/** Shards of the table's stream follow its partitions. */
export function streamShards(writesPerS: number): number {
  return Math.max(assumed('streamShardsAtLeast'), Math.ceil(writesPerS / assumed('streamShardWrites')));
}
