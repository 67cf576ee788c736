import { table } from '../../functions/table.ts';
import { createDynamoDbStreamSource } from '../engines/dynamodb-stream-source.ts';
import {
  type KinesisDestination,
  startKinesisDestination,
} from '../engines/kinesis-destination/kinesis-destination.ts';
import { type Clients, createClients } from './clients.ts';
import type { Consumer } from './consumer.ts';
import type { RegionEngines } from './engines.ts';
import { type Endpoints, sdkEnvironment } from './function-environment.ts';
import { laptopRegistry } from './laptop-registry.ts';
import { emailRegion, names, type RegionName } from './names.ts';
import type { PipelineOptions } from './pipeline-options.ts';
import { type CreatedResources, createResources } from './resources.ts';
import { startConsumer } from './start-consumer.ts';

/** Everything that one region has to itself. */
export interface Region {
  readonly name: RegionName;
  /** Where its table is copied to. */
  readonly replica: RegionName;
  readonly engines: RegionEngines;
  readonly endpoints: Endpoints;
  readonly clients: Clients;
  readonly resources: CreatedResources;
  readonly consumers: readonly Consumer[];
  readonly destination: KinesisDestination;
  /** What an application's SDK needs to reach the region's engines. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface RegionOptions {
  readonly name: RegionName;
  readonly engines: RegionEngines;
  readonly endpoints: Endpoints;
  /** Where this region's table is copied to. */
  readonly replica: RegionName;
  readonly pipeline: PipelineOptions;
  readonly cleanup: AsyncDisposableStack;
}

/** The region's tables and streams: its replicator needs those of the other region to be there before it starts. */
export async function prepareRegion(options: RegionOptions) {
  const { name, endpoints, cleanup } = options;
  const clients = createClients(endpoints, name);
  cleanup.defer(() => clients.stop());
  const resources = await createResources(clients, { table, registry: laptopRegistry });
  return { ...options, clients, resources };
}

/** Starts the table's Kinesis destination, the region's functions and their mappings. */
export async function startRegion(prepared: Awaited<ReturnType<typeof prepareRegion>>): Promise<Region> {
  const { name, replica, engines, endpoints, clients, resources, pipeline, cleanup } = prepared;
  const streamReader = createDynamoDbStreamSource({ endpoint: endpoints.dynamodb, region: name });
  const destination = await startKinesisDestination({
    source: streamReader,
    kinesis: clients.kinesis,
    tableName: table.name,
    tableStreamArn: resources.tableStreamArn,
    kinesisStreamName: names.kinesisStream,
    ...(pipeline.deliveryFaults === undefined ? {} : { faults: pipeline.deliveryFaults }),
    // It repeats what failed; what it could not do yet shows as `behind`.
    onError: () => undefined,
  });
  cleanup.defer(() => destination.stop());
  const consumers: Consumer[] = [];
  for (const definition of laptopRegistry) {
    if (definition.runsIn === 'emailRegion' && name !== emailRegion) continue;
    consumers.push(await startConsumer(definition, { ...prepared, streamReader, destination }));
  }
  return {
    ...{ name, replica, engines, endpoints, clients, resources, consumers, destination },
    environment: { ...sdkEnvironment(endpoints, name), SEARCH_ENDPOINT: endpoints.opensearch },
  };
}
