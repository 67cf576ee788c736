import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import {
  dynamoDbStreamsSource,
  filePositions,
  kinesisSource,
  memoryPositions,
  type Source,
} from '@tributary/event-source-mapping';
import { table } from '../../functions/table.ts';
import type { ConsumerDefinition, StreamConsumerDefinition } from '../../shared/runtime/consumer-definition.ts';
import type { DynamoDbStreamSource } from '../engines/dynamodb-stream-source.ts';
import type { KinesisDestination } from '../engines/kinesis-destination/kinesis-destination.ts';
import { type FunctionHost, startFunctionHost } from '../functions/function-host.ts';
import type { Clients } from './clients.ts';
import { type Consumer, createConsumer } from './consumer.ts';
import { type Endpoints, functionEnvironment } from './function-environment.ts';
import { type ConsumerMappingOptions, startConsumerMapping } from './mappings.ts';
import { type MovableMapping, movableMapping } from './movable-mapping.ts';
import { names, type RegionName } from './names.ts';
import { createOutcomeCounts } from './outcome-counts.ts';
import { positionFileOf, type WorkOptions } from './pipeline-options.ts';
import type { CreatedResources } from './resources.ts';
import { startSchedule } from './schedule.ts';
import { dynamoDbStreamsCalls, kinesisCalls } from './stream-clients.ts';

/** On AWS a minute; on a laptop somebody is watching. */
const scheduleIntervalMs = 1_000;

/** What a function is started into. */
export interface Surroundings {
  readonly name: RegionName;
  readonly replica: RegionName;
  readonly endpoints: Endpoints;
  readonly clients: Clients;
  readonly resources: CreatedResources;
  readonly streamReader: DynamoDbStreamSource;
  readonly destination: KinesisDestination;
  readonly pipeline: WorkOptions;
  readonly cleanup: AsyncDisposableStack;
}

/** One function of the registry in one region: its worker, and its mapping or its schedule. */
export async function startConsumer(definition: ConsumerDefinition, around: Surroundings): Promise<Consumer> {
  const { name: region, pipeline, resources, cleanup } = around;
  const outcomes = createOutcomeCounts();
  const place = { consumer: definition.name, region };
  const host = startFunctionHost({
    name: definition.name,
    bundle: join(pipeline.bundles, definition.name, 'index.mjs'),
    environment: functionEnvironment({
      definition,
      table,
      region,
      replica: around.replica,
      endpoints: await routedEndpoints(place, around),
      failures: { bucket: names.bucket, queueUrl: resources.queueUrl },
    }),
    timeoutS: definition.timeoutS,
    onLine: (line) => {
      outcomes.read(line);
      pipeline.onLine?.(place, line);
    },
  });
  cleanup.defer(() => host.stop());
  if (!('strategy' in definition)) {
    const schedule = startSchedule(host, { intervalMs: scheduleIntervalMs, before: pipeline.beforeSchedule });
    cleanup.defer(() => schedule.stop());
    return createConsumer({ definition, host, outcomes });
  }
  const { stats } = around.destination;
  // The destination reads the same stream and fills the other: what it has read and put is what there is to do.
  const written = definition.trigger.kind === 'stream' ? () => stats().read : () => stats().put + stats().duplicated;
  const mapping = await startMappingOf(definition, { ...around, host, written });
  cleanup.defer(() => mapping.stop());
  return createConsumer({ definition, host, outcomes, mapping, written });
}

function startMappingOf(
  definition: StreamConsumerDefinition,
  around: Surroundings & { readonly host: FunctionHost; readonly written: () => number },
): Promise<MovableMapping> {
  const { name: region, pipeline, clients, host, written } = around;
  const place = { consumer: definition.name, region };
  const source = sourceOf(definition, around);
  const options: ConsumerMappingOptions = {
    ...{ definition, source, host },
    failureBucketArn: `arn:aws:s3:::${names.bucket}`,
    deliver: async (delivery) => {
      if (delivery.kind !== 's3') throw new Error(`${delivery.targetArn} is not the bucket of the laptop.`);
      const { key, body } = delivery;
      await clients.s3.send(new PutObjectCommand({ Bucket: names.bucket, Key: key, Body: body }));
    },
    positions:
      pipeline.positions === undefined
        ? memoryPositions()
        : filePositions({ path: positionFileOf(pipeline.positions, place) }),
    observer: (step) => pipeline.observer?.(place, step),
  };
  return movableMapping({
    ...{ source, written },
    // One that is made anew does not go on where the other one was.
    start: (from) =>
      startConsumerMapping(from === undefined ? options : { ...options, positions: memoryPositions() }, from),
  });
}

function sourceOf({ name, trigger }: StreamConsumerDefinition, around: Surroundings): Source {
  const { name: region, clients, resources, streamReader } = around;
  if (trigger.kind === 'stream') {
    const client = dynamoDbStreamsCalls(streamReader);
    return dynamoDbStreamsSource({ client, streamArn: resources.tableStreamArn, region });
  }
  return kinesisSource({
    client: kinesisCalls(clients.kinesis),
    streamArn: resources.kinesisStreamArn,
    region,
    invokeIdentityArn: `arn:aws:iam::000000000000:role/${name}`,
  });
}

async function routedEndpoints(
  place: { consumer: string; region: RegionName },
  { endpoints, pipeline }: Surroundings,
): Promise<Endpoints> {
  const { route } = pipeline;
  if (route === undefined) return endpoints;
  const routed: Record<string, string> = {};
  for (const [service, url] of Object.entries(endpoints)) {
    routed[service] = await route({ ...place, service: service as keyof Endpoints, url });
  }
  return { ...endpoints, ...routed };
}
