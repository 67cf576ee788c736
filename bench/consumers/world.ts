import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { registry } from '../../functions/registry.ts';
import { table } from '../../functions/table.ts';
import { startDynamoDb } from '../../local/engines/dynamodb.ts';
import { createPortAllocator } from '../../local/engines/ports.ts';
import { createTable } from '../../local/pipeline/resources.ts';
import { createReplayWorld } from '../../shared/operations/replay-world.ts';
import {
  isStreamConsumer,
  type StreamConsumerDefinition,
  type TableResource,
} from '../../shared/runtime/consumer-definition.ts';
import type { StreamResponse } from '../../shared/runtime/create-stream-handler.ts';
import type { Connections, Invoke, Services } from '../../shared/runtime/services.ts';
import { dynamoDbClient } from '../../shared/services/dynamodb/client.ts';
import { createOpenSearchClient } from '../../shared/services/opensearch/client.ts';
import { startBulkSink } from '../search/bulk-sink.ts';

export interface ConsumersWorld {
  readonly handlers: ReadonlyMap<string, Invoke<StreamResponse>>;
  /** Of the table in the other region. */
  readonly replica: DynamoDBClient;
  readonly definitions: readonly StreamConsumerDefinition[];
  stop(): Promise<void>;
}

export const homeRegion = 'replay';

/**
 * Every consumer behind a mapping with its real clients: the tables of two regions in processes of their own, so that
 * what they do costs this process nothing, and a search sink that accepts everything. Mail and S3 are in memory.
 */
export async function startConsumers(): Promise<ConsumersWorld> {
  await using starting = new AsyncDisposableStack();
  const ports = createPortAllocator();
  const definitions = registry.filter(isStreamConsumer);
  const tables = new Map(definitions.flatMap(({ uses }) => uses.filter(isTable).map((each) => [each.name, each])));
  const start = async () => {
    const engine = await startDynamoDb({ port: await ports.take(0), sweepPort: await ports.take(0) });
    starting.defer(() => engine.stop());
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const client = new DynamoDBClient({ endpoint: engine.url, region: 'eu-west-1', credentials });
    starting.defer(() => client.destroy());
    await createTable(client, table);
    return client;
  };
  const [home, replica] = [await start(), await start()];
  for (const each of tables.values()) await createTable(home, each);
  const sink = await startBulkSink(await ports.take(0));
  starting.defer(() => sink.stop());
  const search = createOpenSearchClient({ endpoint: sink.url, requestTimeoutMs: 20_000 });
  starting.defer(() => search.close());
  const clients = { dynamodb: dynamoDbClient(home), remoteDynamodb: dynamoDbClient(replica), search };
  const handlers = new Map<string, Invoke<StreamResponse>>();
  for (const definition of definitions) {
    const { services } = createReplayWorld({ definition, table, nowMs: Date.now() });
    const { create }: { readonly create: Create } = await import(`../../functions/${definition.name}/handler.ts`);
    handlers.set(definition.name, create({ ...services, ...clients }));
  }
  const cleanup = starting.move();
  return { handlers, replica, definitions, stop: () => cleanup.disposeAsync() };
}

type Create = (services: Services<keyof Connections>) => Invoke<StreamResponse>;

function isTable(use: StreamConsumerDefinition['uses'][number]): use is TableResource {
  return use.kind === 'table';
}
