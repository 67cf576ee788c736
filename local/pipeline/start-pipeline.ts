import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import {
  dynamoDbStreamsSource,
  kinesisSource,
  type Observer,
  type RunningMapping,
  type Source,
} from '@tributary/event-source-mapping';
import { registry } from '../../functions/registry.ts';
import { table } from '../../functions/table.ts';
import type { ConsumerDefinition } from '../../shared/runtime/consumer-definition.ts';
import { assertSound } from '../../shared/runtime/registry-rules.ts';
import { createDynamoDbStreamSource, type DynamoDbStreamSource } from '../engines/dynamodb-stream-source.ts';
import type { DeliveryFaults } from '../engines/kinesis-destination/delivery-faults.ts';
import {
  type KinesisDestination,
  startKinesisDestination,
} from '../engines/kinesis-destination/kinesis-destination.ts';
import { type FunctionHost, startFunctionHost } from '../functions/function-host.ts';
import { type Clients, createClients } from './clients.ts';
import { type Consumer, createConsumer } from './consumer.ts';
import { type Engines, startEngines } from './engines.ts';
import { type Endpoints, functionEnvironment, sdkEnvironment } from './function-environment.ts';
import { startConsumerMapping } from './mappings.ts';
import { names } from './names.ts';
import { createOutcomeCounts } from './outcome-counts.ts';
import { type CreatedResources, createResources } from './resources.ts';
import { startSchedule } from './schedule.ts';
import { dynamoDbStreamsCalls, kinesisCalls } from './stream-clients.ts';

export interface PipelineOptions {
  /** Folder with one bundle per function, as `bundleFunctions` makes it. */
  readonly bundles: string;
  /** `fixed`: the same ports at every start where they are free; `any`: whatever is free, for runs side by side. */
  readonly ports: 'fixed' | 'any';
  /** Puts something between one function and one service, such as a proxy that injects faults. */
  readonly route?: (hop: { consumer: string; service: keyof Endpoints; url: string }) => Promise<string>;
  /** @default every change reaches Kinesis once and in order */
  readonly deliveryFaults?: DeliveryFaults;
  /** Told of every step of every mapping. */
  readonly observer?: (consumer: string, activity: Parameters<Observer>[0]) => void;
  /** Told of every line that a function writes. */
  readonly onLine?: (consumer: string, line: string) => void;
}

export interface Pipeline {
  readonly engines: Engines;
  readonly endpoints: Endpoints;
  readonly clients: Clients;
  readonly resources: CreatedResources;
  readonly consumers: readonly Consumer[];
  readonly destination: KinesisDestination;
  /** What an application's SDK needs to reach the engines. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether no record waits anywhere, of all that was written before the call. */
  settled(): Promise<boolean>;
  /** Ends functions, mappings and engines. Safe to call twice. */
  stop(): Promise<void>;
}

/** Starts everything on loopback: engines, tables, the table's Kinesis destination, functions and their mappings. */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  assertSound({ table, registry });
  const cleanup = new AsyncDisposableStack();
  try {
    return await assemble(options, cleanup);
  } catch (error) {
    await cleanup.disposeAsync();
    throw error;
  }
}

async function assemble(options: PipelineOptions, cleanup: AsyncDisposableStack): Promise<Pipeline> {
  const emailEvents: { receiver?: FunctionHost } = {};
  const engines = await startEngines(
    {
      ports: options.ports,
      region: names.region,
      onEmailEvent: (event) => handOver(event, emailEvents.receiver),
    },
    (engine) => cleanup.defer(() => engine.stop()),
  );
  const endpoints = endpointsOf(engines);
  const clients = createClients(endpoints, names.region);
  cleanup.defer(() => clients.stop());
  const resources = await createResources(clients, { table, registry });
  const streamReader = createDynamoDbStreamSource({ endpoint: endpoints.dynamodb, region: names.region });
  const destination = await startKinesisDestination({
    source: streamReader,
    kinesis: clients.kinesis,
    tableName: table.name,
    tableStreamArn: resources.tableStreamArn,
    kinesisStreamName: names.kinesisStream,
    ...(options.deliveryFaults === undefined ? {} : { faults: options.deliveryFaults }),
    // It repeats what failed; what it could not do yet shows as `behind`.
    onError: () => undefined,
  });
  cleanup.defer(() => destination.stop());

  const parts = { options, endpoints, clients, resources, streamReader, destination, cleanup };
  const consumers: Consumer[] = [];
  for (const definition of registry) {
    const consumer = await startConsumer(definition, parts);
    consumers.push(consumer);
    const { trigger } = definition;
    if (trigger.kind === 'schedule' && trigger.emailEvents) emailEvents.receiver = consumer.host;
  }
  return {
    engines,
    endpoints,
    clients,
    resources,
    consumers,
    destination,
    environment: { ...sdkEnvironment(endpoints, names.region), SEARCH_ENDPOINT: endpoints.opensearch },
    settled: async () => {
      await destination.idle();
      return consumers.every((consumer) => (consumer.status().behind ?? 0) === 0);
    },
    stop: () => cleanup.disposeAsync(),
  };
}

interface Parts {
  readonly options: PipelineOptions;
  readonly endpoints: Endpoints;
  readonly clients: Clients;
  readonly resources: CreatedResources;
  readonly streamReader: DynamoDbStreamSource;
  readonly destination: KinesisDestination;
  readonly cleanup: AsyncDisposableStack;
}

async function startConsumer(definition: ConsumerDefinition, parts: Parts): Promise<Consumer> {
  const { options, resources, cleanup } = parts;
  const outcomes = createOutcomeCounts();
  const host = startFunctionHost({
    name: definition.name,
    bundle: join(options.bundles, definition.name, 'index.mjs'),
    environment: functionEnvironment({
      definition,
      table,
      endpoints: await routedEndpoints(definition.name, parts),
      region: names.region,
      failures: { bucket: names.bucket, queueUrl: resources.queueUrl },
    }),
    timeoutS: definition.timeoutS,
    onLine: (line) => {
      outcomes.read(line);
      options.onLine?.(definition.name, line);
    },
  });
  cleanup.defer(() => host.stop());
  if (definition.trigger.kind === 'schedule') {
    const schedule = startSchedule(host, laptopIntervalMs);
    cleanup.defer(() => schedule.stop());
    return createConsumer({ definition, host, outcomes });
  }
  const mapping = await startMappingOf({ ...definition, trigger: definition.trigger }, { ...parts, host });
  cleanup.defer(() => mapping.stop());
  const { stats } = parts.destination;
  // The destination reads the same stream and fills the other: what it has read and put is what there is to do.
  const written = definition.trigger.kind === 'stream' ? () => stats().read : () => stats().put + stats().duplicated;
  return createConsumer({ definition, host, outcomes, mapping, written });
}

/** On AWS a minute; on a laptop somebody is watching. */
const laptopIntervalMs = 1_000;

function startMappingOf(
  definition: Parameters<typeof startConsumerMapping>[0]['definition'],
  parts: Parts & { readonly host: FunctionHost },
): Promise<RunningMapping> {
  const { options, clients, host } = parts;
  return startConsumerMapping({
    definition,
    source: sourceOf(definition, parts),
    host,
    failureBucketArn: `arn:aws:s3:::${names.bucket}`,
    deliver: async ({ key, body }) => {
      await clients.s3.send(new PutObjectCommand({ Bucket: names.bucket, Key: key, Body: body }));
    },
    observer: (step) => options.observer?.(definition.name, step),
  });
}

function sourceOf({ name, trigger }: Parameters<typeof startConsumerMapping>[0]['definition'], parts: Parts): Source {
  const { clients, resources, streamReader } = parts;
  const { region } = names;
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

/** @throws {Error} so that the event comes again: until the settler has taken it, it has not arrived. */
async function handOver(event: unknown, receiver: FunctionHost | undefined): Promise<void> {
  const result = await receiver?.invoke(event);
  if (result?.kind !== 'returned')
    throw new Error(`The SES event was not taken: ${result?.error.message ?? 'no receiver'}`);
}

async function routedEndpoints(consumer: string, { endpoints, options }: Parts): Promise<Endpoints> {
  const { route } = options;
  if (route === undefined) return endpoints;
  const hop = (service: keyof Endpoints) => route({ consumer, service, url: endpoints[service] });
  return {
    dynamodb: await hop('dynamodb'),
    kinesis: await hop('kinesis'),
    s3: await hop('s3'),
    sqs: await hop('sqs'),
    ses: await hop('ses'),
    opensearch: await hop('opensearch'),
  };
}

function endpointsOf(engines: Engines): Endpoints {
  return {
    dynamodb: engines.dynamodb.url,
    kinesis: engines.kinesis.url,
    s3: engines.s3.url,
    sqs: engines.sqs.url,
    ses: engines.ses.url,
    opensearch: engines.opensearch.url,
  };
}
