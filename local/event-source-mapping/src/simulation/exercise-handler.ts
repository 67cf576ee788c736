import type { MappingEvent } from '../event.ts';
import { seededRandom } from '../seeded-random.ts';
import { simulateMapping } from './simulate-mapping.ts';
import type { SimulatedHandler } from './simulated-function.ts';
import type { SimulatedRecord } from './simulated-shard.ts';
import type { Transcript } from './transcript.ts';

export interface Exercise<Event = MappingEvent> {
  /** In the order of one shard. */
  readonly changes: Iterable<SimulatedRecord>;
  readonly handler: SimulatedHandler<Event>;
  /** Another seed, other batches and other failures. */
  readonly seed: number;
  /** @default a table's stream; give a Kinesis stream's for data */
  readonly eventSourceArn?: string;
}

/**
 * Hands changes to a handler as Lambda may on a bad day: in batches of any size, halved, from the middle, again after
 * they were processed, until each has been. What a handler then has done must be what it does on a good one.
 */
export function exerciseHandler<Event = MappingEvent>({
  changes,
  handler,
  seed,
  eventSourceArn,
}: Exercise<Event>): Promise<Transcript> {
  const random = seededRandom(seed);
  return simulateMapping({
    mapping: {
      EventSourceArn:
        eventSourceArn ?? 'arn:aws:dynamodb:eu-west-1:000000000000:table/exercise/stream/2026-01-01T00:00:00.000',
      FunctionName: 'exercised',
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 1 + Math.floor(random() * 10),
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    },
    shards: [{ shardId: 'shardId-000000000000', records: changes, closed: true }],
    handler,
    faults: { errorsBefore: 0.1, errorsAfter: 0.3, throttledInvocations: 0.1, expiredIterators: 0.1 },
    seed,
  });
}
