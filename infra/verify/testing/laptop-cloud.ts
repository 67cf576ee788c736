import {
  dynamoDbRecord,
  kinesisRecord,
  type MappingSettings,
  memoryPositions,
  memorySource,
  type RunningMapping,
  startMapping,
  type VirtualClock,
} from '@tributary/event-source-mapping';
import type { StreamRecord } from '../../../local/engines/dynamodb-stream-source.ts';
import { toKinesisRecord } from '../../../local/engines/kinesis-destination/kinesis-record.ts';
import type { ConsumerDefinition } from '../../../shared/runtime/consumer-definition.ts';
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
  const sources = {
    stream: memorySource({ kind: 'dynamodb', arn: streamArn }),
    kinesis: memorySource({ kind: 'kinesis', arn: kinesisArn }),
  };
  const calls: string[] = [];
  const recorded: StoredObject[] = [];
  const failed: StoredObject[] = [];
  const running: RunningMapping[] = [];
  const stored = new Set<string>();
  let written = 0;

  async function start(definition: ConsumerDefinition): Promise<void> {
    if (definition.trigger.kind === 'schedule') return;
    const probe = createProbe(definition)({
      clock: { nowMs: clock.nowMs, sleep: clock.sleep },
      objects: {
        put: async ({ key, body }) => void recorded.push({ key, body: String(body) }),
        get: async () => undefined,
        getBytes: async () => undefined,
        list: async () => [],
        delete: async () => undefined,
      },
    });
    const mapping = await startMapping({
      mapping: { ...settingsOf(definition), ...difference.mapping },
      source: sources[definition.trigger.kind],
      clock,
      random: () => 0.5,
      positions: memoryPositions(),
      observer: () => undefined,
      deliver: async ({ key, body }) => void failed.push(difference.failure?.({ key, body }) ?? { key, body }),
      invoke: async (event, { requestId }) => {
        try {
          const sent = difference.event?.(event) ?? event;
          const context = { awsRequestId: requestId, getRemainingTimeInMillis: () => 30_000 };
          return { kind: 'returned', payload: await probe(sent, context) };
        } catch (error) {
          return { kind: 'functionError', error: { errorType: 'Error', errorMessage: String(error) } };
        }
      },
    });
    running.push(mapping);
  }

  function change(item: ProbeItem): void {
    const key = JSON.stringify(item);
    if (stored.has(key) && !difference.recordsOfSame) return;
    stored.add(key);
    written += 1;
    const record = streamRecord(item, { number: written, nowMs: clock.nowMs() });
    sources.stream.append(shardId, [dynamoDbRecord(record, { streamArn, shardId, region })]);
    const createdAtMicroseconds = clock.nowMs() * (difference.creationTimeMs ? 1 : 1_000);
    const { partitionKey, data } = toKinesisRecord({ record, tableName: 'probes', createdAtMicroseconds });
    const raw = {
      SequenceNumber: String(written),
      ApproximateArrivalTimestamp: new Date(clock.nowMs()),
      PartitionKey: partitionKey,
      Data: data,
    };
    const invokeIdentityArn = 'arn:aws:iam::111122223333:role/probe';
    sources.kinesis.append(shardId, [
      kinesisRecord(raw, { streamArn: kinesisArn, shardId, region, invokeIdentityArn }),
    ]);
  }

  return {
    calls,
    async deploy() {
      calls.push('deploy');
      for (const source of Object.values(sources)) source.open(shardId);
      for (const definition of probeHouse.registry) await start(definition);
    },
    async put(items) {
      calls.push('put');
      for (const item of items) change(item);
    },
    recordings: async () => recorded,
    failures: async () => failed,
    async destroy() {
      calls.push('destroy');
      await Promise.all(running.map((mapping) => mapping.stop()));
    },
  };
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
