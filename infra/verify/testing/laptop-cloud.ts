import {
  dynamoDbRecord,
  kinesisRecord,
  type MappingSettings,
  type MemorySource,
  memoryPositions,
  memorySource,
  type RunningMapping,
  startMapping,
  type VirtualClock,
} from '@tributary/event-source-mapping';
import type { StreamRecord } from '../../../local/engines/dynamodb-stream-source.ts';
import { toKinesisRecord } from '../../../local/engines/kinesis-destination/kinesis-record.ts';
import type { ConsumerDefinition } from '../../../shared/runtime/consumer-definition.ts';
import type { ObjectStore } from '../../../shared/services/s3/port.ts';
import type { StoredObject } from '../evidence.ts';
import { createProbe } from '../probe-handler.ts';
import { probeHouse } from '../probe-house.ts';
import type { ProbeItem } from '../scenario.ts';
import type { Cloud } from '../verify.ts';

const streamArn = 'arn:aws:dynamodb:eu-west-1:111122223333:table/probes/stream/2026-01-01T00:00:00.000';
const kinesisArn = 'arn:aws:kinesis:eu-west-1:111122223333:stream/changes';
const region = 'eu-west-1';
const shardId = 'shardId-1';

/** A field of what AWS would do, put wrong: a verification that does not see it proves nothing. */
export interface Difference {
  readonly mapping?: Partial<MappingSettings>;
  readonly event?: (event: object) => object;
  readonly failure?: (object: StoredObject) => StoredObject;
  readonly creationTimeMs?: boolean;
  readonly recordsOfSame?: boolean;
}

export interface LaptopCloud extends Cloud {
  readonly calls: readonly string[];
}

/** The mapping of the laptop, in virtual time and in memory, as a cloud that probes are deployed to. */
export function laptopCloud(clock: VirtualClock, difference: Difference = {}): LaptopCloud {
  const laptop: Laptop = {
    clock,
    difference,
    sources: {
      stream: memorySource({ kind: 'dynamodb', arn: streamArn }),
      kinesis: memorySource({ kind: 'kinesis', arn: kinesisArn }),
    },
    recorded: [],
    failed: [],
    stored: [],
  };
  const calls: string[] = [];
  const running: RunningMapping[] = [];
  return {
    calls,
    async deploy() {
      calls.push('deploy');
      for (const source of Object.values(laptop.sources)) source.open(shardId);
      for (const definition of probeHouse.registry) running.push(await startProbe(definition, laptop));
    },
    async put(items) {
      calls.push('put');
      for (const item of items) change(item, laptop);
    },
    recordings: async () => laptop.recorded,
    failures: async () => laptop.failed,
    async destroy() {
      calls.push('destroy');
      await Promise.all(running.map((mapping) => mapping.stop()));
    },
  };
}

interface Laptop {
  readonly clock: VirtualClock;
  readonly difference: Difference;
  readonly sources: { readonly stream: MemorySource; readonly kinesis: MemorySource };
  readonly recorded: StoredObject[];
  readonly failed: StoredObject[];
  /** Every change, as text. */
  readonly stored: string[];
}

async function startProbe(definition: ConsumerDefinition, laptop: Laptop): Promise<RunningMapping> {
  const { clock, difference, sources, recorded, failed } = laptop;
  if (definition.trigger.kind === 'schedule') throw new Error(`${definition.name} has no mapping`);
  const objects: ObjectStore = {
    put: async ({ key, body }) => void recorded.push({ key, body: String(body) }),
    get: async () => undefined,
    getBytes: async () => undefined,
    list: async () => [],
    delete: async () => undefined,
  };
  const probe = createProbe(definition)({ clock, objects });
  return startMapping({
    mapping: { ...settingsOf(definition), ...difference.mapping },
    source: sources[definition.trigger.kind],
    clock,
    random: () => 0.5,
    positions: memoryPositions(),
    observer: () => undefined,
    deliver: async (delivery) => {
      if (delivery.kind !== 's3') throw new Error(`${delivery.targetArn} is no bucket.`);
      const { key, body } = delivery;
      failed.push(difference.failure?.({ key, body }) ?? { key, body });
    },
    invoke: async (event, { requestId }) => {
      try {
        const context = { awsRequestId: requestId, getRemainingTimeInMillis: () => 30_000 };
        return { kind: 'returned', payload: await probe(difference.event?.(event) ?? event, context) };
      } catch (error) {
        return { kind: 'functionError', error: { errorType: 'Error', errorMessage: String(error) } };
      }
    },
  });
}

/** A write: a record in both streams, unless nothing has changed. */
function change(item: ProbeItem, { clock, difference, sources, stored }: Laptop): void {
  const text = JSON.stringify(item);
  if (stored.includes(text) && !difference.recordsOfSame) return;
  const number = stored.push(text);
  const record = streamRecord(item, { number, nowMs: clock.nowMs() });
  sources.stream.append(shardId, [dynamoDbRecord(record, { streamArn, shardId, region })]);
  const createdAtMicroseconds = clock.nowMs() * (difference.creationTimeMs ? 1 : 1_000);
  const { partitionKey, data } = toKinesisRecord({ record, tableName: 'probes', createdAtMicroseconds });
  const raw = {
    SequenceNumber: String(number),
    ApproximateArrivalTimestamp: new Date(clock.nowMs()),
    PartitionKey: partitionKey,
    Data: data,
  };
  const invokeIdentityArn = 'arn:aws:iam::111122223333:role/probe';
  const origin = { streamArn: kinesisArn, shardId, region, invokeIdentityArn };
  sources.kinesis.append(shardId, [kinesisRecord(raw, origin)]);
}

function settingsOf({ name, trigger }: ConsumerDefinition): MappingSettings {
  if (trigger.kind === 'schedule') throw new Error(`${name} has no mapping`);
  const { mapping } = trigger;
  return {
    UUID: '00000000-0000-4000-8000-000000000001',
    EventSourceArn: trigger.kind === 'stream' ? streamArn : kinesisArn,
    FunctionName: name,
    StartingPosition: mapping.startingPosition,
    BatchSize: mapping.batchSize,
    MaximumBatchingWindowInSeconds: mapping.maximumBatchingWindowS,
    ParallelizationFactor: mapping.parallelizationFactor,
    MaximumRetryAttempts: mapping.maximumRetryAttempts,
    MaximumRecordAgeInSeconds: mapping.maximumRecordAgeS,
    BisectBatchOnFunctionError: mapping.bisectBatchOnFunctionError,
    TumblingWindowInSeconds: mapping.tumblingWindowS,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::failures' } },
  };
}

function streamRecord(item: ProbeItem, { number, nowMs }: { number: number; nowMs: number }): StreamRecord {
  const image = Object.fromEntries(Object.entries(item).map(([name, text]) => [name, { S: text }]));
  return {
    eventID: String(number).padStart(32, '0'),
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: region,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(nowMs / 1000),
      Keys: { group: { S: item.group }, number: { S: item.number } },
      NewImage: image,
      SequenceNumber: String(number),
      SizeBytes: 100,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
  };
}
