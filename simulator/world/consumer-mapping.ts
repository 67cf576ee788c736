import { createHash } from 'node:crypto';
import {
  type FailureDelivery,
  type MappingEvent,
  type MappingSettings,
  memoryPositions,
  type ObservedActivity,
  type PositionStore,
  type RunningMapping,
  startMapping,
} from '@tributary/event-source-mapping';
import type { StreamConsumerDefinition } from '../../shared/runtime/consumer-definition.ts';
import type { MetricName } from '../../shared/runtime/metrics.ts';
import type { Handling } from '../checkers/observed.ts';
import { type CreateHandler, FunctionHost } from '../functions/function-host.ts';
import type { ChangeFeed, OddRecord } from './change-feed.ts';
import type { Pace } from './pace.ts';
import type { Place } from './place.ts';
import type { RegionServices } from './region.ts';
import type { ShardedStream } from './sharded-stream.ts';
import { WindowStates } from './window-states.ts';

export interface ConsumerOptions {
  readonly definition: StreamConsumerDefinition;
  readonly create: CreateHandler;
  readonly place: Place;
  readonly here: RegionServices;
  readonly there: RegionServices;
  readonly feed: ChangeFeed;
  readonly pace: Pace;
  readonly onFailure: (delivery: FailureDelivery) => void;
}

/** The metrics by which a consumer says that it met such a record. */
const signs: Readonly<Record<OddRecord, readonly MetricName[]>> = {
  duplicate: ['RecordsDuplicate', 'RecordsStale'],
  reorder: ['RecordsDuplicate', 'RecordsStale'],
  'foreign-record': ['RecordsDeadLettered'],
};

/** One consumer of one region: its function behind its event source mapping, with every setting of its definition. */
export class Consumer {
  readonly name: string;
  readonly host: FunctionHost;
  /** By `shard:sequence number`. */
  readonly handled = new Map<string, Handling>();
  /** When its mapping was deleted and created again. */
  readonly recreatedAtMs: number[] = [];
  /** The last batch that an invocation resolved, in whole or in part. */
  lastBatch: { readonly shardId: string; readonly records: readonly unknown[] } | undefined;
  readonly #options: ConsumerOptions;
  #positions: PositionStore = memoryPositions();
  #mapping: RunningMapping | undefined;
  #windowStates: WindowStates;
  /** Under way, by request. */
  readonly #invoked = new Map<string, MappingEvent>();

  constructor(options: ConsumerOptions) {
    const { definition, place, here, there, create } = options;
    this.name = definition.name;
    this.#options = options;
    this.#windowStates = new WindowStates(place.world.profile.windowState);
    this.host = new FunctionHost({ place, here, there, create, timeoutMs: definition.timeoutS * 1000 });
  }

  /** That it reads. */
  get stream(): ShardedStream {
    const { definition, feed } = this.#options;
    return definition.trigger.kind === 'stream' ? feed.stream : feed.kinesis;
  }

  async start(): Promise<void> {
    const { definition, place, pace, onFailure } = this.#options;
    const { source } = this.stream;
    this.#mapping = await startMapping({
      mapping: settingsOf(definition, { arn: source.arn, region: place.region }),
      source,
      clock: place.world.clock,
      random: () => place.random.next(),
      positions: this.#positions,
      invoke: (event) => this.#invoke(event),
      deliver: async (delivery) => onFailure(delivery),
      observer: (activity) => this.#observe(activity),
      tuning: { polling: pace.polling, backoff: pace.backoff, discoveryIntervalMs: 600_000 },
    });
  }

  /** Deleted and created again: its positions are gone, and everything comes again. */
  async recreate(): Promise<void> {
    this.recreatedAtMs.push(this.#options.place.world.clock.nowMs());
    await this.#mapping?.stop();
    this.#positions = memoryPositions();
    this.#windowStates = new WindowStates(this.#options.place.world.profile.windowState);
    await this.start();
  }

  async stop(): Promise<void> {
    await this.#mapping?.stop();
  }

  /** Every record that the stream holds now has been passed. */
  get isDone(): boolean {
    const { tips } = this.stream;
    const shards = this.#mapping?.status().shards ?? [];
    const passed = new Map(shards.map((shard) => [shard.shardId, shard]));
    for (const [shardId, tip] of tips) {
      const shard = passed.get(shardId);
      if (shard === undefined || (shard.phase !== 'finished' && shard.checkpoint !== tip)) return false;
    }
    return true;
  }

  async #invoke(asSent: MappingEvent) {
    const { feed, place } = this.#options;
    // What an earlier mapping asked is answered to that one, also when it has been deleted meanwhile.
    const windowStates = this.#windowStates;
    const event = windowStates.before(asSent);
    const odd = new Set<OddRecord>();
    for (const record of event.Records) {
      const fault = 'kinesis' in record ? feed.odd.get(record.kinesis.sequenceNumber) : undefined;
      if (fault === undefined) continue;
      odd.add(fault);
      place.world.faults.reaches(fault, this.name);
    }
    const { outcome, counted } = await this.host.invoke(event);
    windowStates.after(event, outcome);
    for (const fault of odd)
      if (signs[fault].some((metric) => counted.has(metric))) place.world.faults.changes(fault, this.name);
    return outcome;
  }

  #observe(activity: ObservedActivity): void {
    const { digest } = this.#options.place.world;
    const { shardId = '' } = activity;
    if (activity.kind === 'invocationEnded') {
      const { verdict } = activity;
      digest.add(`${activity.atMs} ${this.name} ${shardId} ${verdict.kind}`);
      const records = this.#invoked.get(activity.requestId)?.Records ?? [];
      this.#invoked.delete(activity.requestId);
      const count =
        verdict.kind === 'success' ? records.length : verdict.kind === 'partial' ? verdict.firstFailedIndex : 0;
      if (count > 0) this.lastBatch = { shardId, records };
      for (const record of records.slice(0, count)) {
        const number = 'kinesis' in record ? record.kinesis.sequenceNumber : record.dynamodb.SequenceNumber;
        this.#handling(shardId, number).resolved += 1;
      }
    } else if (activity.kind === 'invocation') {
      this.#invoked.set(activity.requestId, activity.event);
    } else if (activity.kind === 'discarded') {
      for (const number of activity.sequenceNumbers) this.#handling(shardId, number).givenUp += 1;
    } else if (activity.kind === 'problem') {
      // Nothing else makes a read fail for no reason that the reader could do something about.
      if (activity.operation === 'read the shard')
        this.#options.place.world.faults.diverts('read-throttled', this.name);
    } else if (activity.kind !== 'polled') {
      digest.add(`${activity.atMs} ${this.name} ${shardId} ${activity.kind}`);
    }
  }

  #handling(shardId: string, sequenceNumber: string): Handling {
    const key = `${shardId}:${sequenceNumber}`;
    const known = this.handled.get(key);
    if (known !== undefined) return known;
    const handling = { resolved: 0, givenUp: 0 };
    this.handled.set(key, handling);
    return handling;
  }
}

function settingsOf(
  { name, trigger: { mapping } }: StreamConsumerDefinition,
  { arn, region }: { arn: string; region: string },
): MappingSettings {
  const digits = createHash('sha256').update(`${region} ${name}`).digest('hex');
  return {
    UUID: digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5'),
    EventSourceArn: arn,
    FunctionName: name,
    StartingPosition: mapping.startingPosition,
    BatchSize: mapping.batchSize,
    MaximumBatchingWindowInSeconds: mapping.maximumBatchingWindowS,
    ParallelizationFactor: mapping.parallelizationFactor,
    MaximumRetryAttempts: mapping.maximumRetryAttempts,
    MaximumRecordAgeInSeconds: mapping.maximumRecordAgeS,
    BisectBatchOnFunctionError: mapping.bisectBatchOnFunctionError,
    TumblingWindowInSeconds: mapping.tumblingWindowS,
    FunctionResponseTypes: mapping.reportBatchItemFailures ? ['ReportBatchItemFailures'] : [],
    DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::failures' } },
  };
}
