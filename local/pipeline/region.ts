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
import { kinesisDestination, positionFileOf, type WorkOptions } from './pipeline-options.ts';
import { type CreatedResources, createResources } from './resources.ts';
import { startConsumer } from './start-consumer.ts';

/** Everything that one region has to itself. */
export interface Region extends RegionWork {
  readonly engines: RegionEngines;
  /** What an application's SDK needs to reach the region's engines. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What works in a region, in whatever process its engines are. */
export interface RegionWork extends PreparedRegion {
  readonly consumers: readonly Consumer[];
  readonly destination: KinesisDestination;
}

/** Tables and streams are there, and clients that reach them. */
export interface PreparedRegion extends RegionPlace {
  readonly clients: Clients;
  readonly resources: CreatedResources;
}

export interface RegionPlace {
  readonly name: RegionName;
  /** Where its table is copied to. */
  readonly replica: RegionName;
  readonly endpoints: Endpoints;
}

export interface RegionOptions {
  readonly pipeline: WorkOptions;
  readonly cleanup: AsyncDisposableStack;
}

/** The region's tables and streams: its replicator needs those of the other region to be there before it starts. */
export async function prepareRegion(place: RegionPlace, cleanup: AsyncDisposableStack): Promise<PreparedRegion> {
  const clients = createClients(place.endpoints, place.name);
  cleanup.defer(() => clients.stop());
  const resources = await createResources(clients, { table, registry: laptopRegistry });
  return { ...place, clients, resources };
}

/** What an application's SDK needs to reach the region's engines. */
export function environmentOf({ name, endpoints }: RegionPlace): Readonly<Record<string, string>> {
  return { ...sdkEnvironment(endpoints, name), SEARCH_ENDPOINT: endpoints.opensearch };
}

/** Starts the table's Kinesis destination, the region's functions and their mappings. */
export async function startRegion(prepared: PreparedRegion, options: RegionOptions): Promise<RegionWork> {
  const { name, endpoints, clients, resources } = prepared;
  const { pipeline, cleanup } = options;
  const streamReader = createDynamoDbStreamSource({ endpoint: endpoints.dynamodb, region: name });
  const destination = await startKinesisDestination({
    source: streamReader,
    kinesis: clients.kinesis,
    tableName: table.name,
    tableStreamArn: resources.tableStreamArn,
    kinesisStreamName: names.kinesisStream,
    ...(pipeline.deliveryFaults === undefined ? {} : { faults: pipeline.deliveryFaults }),
    ...(pipeline.positions === undefined
      ? {}
      : { positionFile: positionFileOf(pipeline.positions, { region: name, consumer: kinesisDestination }) }),
    // It repeats what failed; what it could not do yet shows as `behind`.
    onError: () => undefined,
  });
  cleanup.defer(() => destination.stop());
  const consumers: Consumer[] = [];
  for (const definition of laptopRegistry) {
    if (definition.runsIn === 'emailRegion' && name !== emailRegion) continue;
    consumers.push(await startConsumer(definition, { ...prepared, ...options, streamReader, destination }));
  }
  return { ...prepared, consumers, destination };
}
