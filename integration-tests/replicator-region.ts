import { type AttributeValue, CreateTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { create } from '../functions/replicator/handler.ts';
import { table } from '../functions/table.ts';
import { createDynamoDbStreamSource, type StreamRecord } from '../local/engines/dynamodb-stream-source.ts';
import type { TableDefinition } from '../shared/change/table-definition.ts';
import { dynamoDbClient } from '../shared/services/dynamodb/client.ts';
import { type Intercept, interceptDynamoDb } from '../shared/services/dynamodb/intercept.ts';
import { conflictsTable, homeTable, replicaTable } from '../shared/sinks/replica/resources.ts';
import { startDynamoDb } from './provided-engines.ts';
import { createStreamedTable } from './streamed-table.ts';

export const users = table.name;

type Item = Readonly<Record<string, AttributeValue>>;

/** One region: its engine, its table and the replicator that reads its stream. */
export interface RegionEngine {
  readonly name: string;
  readonly url: string;
  readonly client: DynamoDBClient;
  readonly table: TableDefinition;
  /** Records of the table's stream that were not read before, or all of them. */
  readRecords(from?: 'the last read' | 'from the start'): Promise<StreamRecord[]>;
  /** One invocation of the function that replicates to another region. */
  deliverTo(
    other: RegionEngine,
    records: readonly StreamRecord[],
    circumstances?: { readonly intercept?: Intercept },
  ): Promise<unknown>;
  counted(metric: string): number;
  items(): Promise<Item[]>;
  conflicts(): Promise<Item[]>;
  sweepExpiredItems(): Promise<number>;
  stop(): Promise<void>;
}

export async function startRegionEngine(name: string): Promise<RegionEngine> {
  const engine = await startDynamoDb(name);
  const credentials = { accessKeyId: 'any', secretAccessKey: 'pair' };
  const client = new DynamoDBClient({ endpoint: engine.url, region: name, credentials });
  const streamArn = await createTables(client);
  const source = createDynamoDbStreamSource({ endpoint: engine.url, region: name });
  const counts = new Map<string, number>();
  let read = 0;
  return {
    name,
    url: engine.url,
    client,
    table,
    readRecords: async (from = 'the last read') => {
      const records = await allRecords(source, streamArn);
      const start = from === 'the last read' ? read : 0;
      read = records.length;
      return records.slice(start);
    },
    deliverTo: (other, records, { intercept } = {}) => {
      const connect = (each: DynamoDBClient) =>
        intercept ? interceptDynamoDb(dynamoDbClient(each), intercept) : dynamoDbClient(each);
      const invoke = create({
        dynamodb: connect(client),
        remoteDynamodb: connect(other.client),
        config: configOf({ from: name, to: other.name }),
        deadLetters: { store: () => Promise.reject(new Error('no record of this test is poison')) },
        clock: { nowMs: () => Date.now(), sleep: async () => undefined },
        random: Math.random,
        log: { startInvocation: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
        metrics: {
          add: (metric, value) => counts.set(metric, (counts.get(metric) ?? 0) + value),
          flush: () => undefined,
        },
      });
      return invoke({ Records: records }, { awsRequestId: 'request', getRemainingTimeInMillis: () => 60_000 });
    },
    counted: (metric) => counts.get(metric) ?? 0,
    items: () => scan(client, users),
    conflicts: () => scan(client, conflictsTable.name),
    sweepExpiredItems: () => engine.sweepExpiredItems(),
    stop: () => engine.stop(),
  };
}

function configOf({ from, to }: { readonly from: string; readonly to: string }) {
  const values: Readonly<Record<string, string>> = {
    [homeTable.variable]: users,
    [replicaTable.variable]: users,
    [replicaTable.regionVariable]: to,
    [replicaTable.modeVariable]: 'active-active',
    [conflictsTable.variable]: conflictsTable.name,
  };
  return {
    consumer: 'replicator',
    region: from,
    stage: 'test',
    codeVersion: 'test',
    deadLetters: { bucket: 'unused', queueUrl: 'http://unused' },
    value: (variable: string) => values[variable] ?? '',
  };
}

/** Answers the ARN of the users' stream. */
async function createTables(client: DynamoDBClient): Promise<string> {
  const streamArn = await createStreamedTable(client, { TableName: users, expires: 'expiresAt' });
  await client.send(
    new CreateTableCommand({
      TableName: conflictsTable.name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'item', AttributeType: 'S' },
        { AttributeName: 'version', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'item', KeyType: 'HASH' },
        { AttributeName: 'version', KeyType: 'RANGE' },
      ],
    }),
  );
  return streamArn;
}

async function allRecords(
  source: ReturnType<typeof createDynamoDbStreamSource>,
  streamArn: string,
): Promise<StreamRecord[]> {
  const { Shards } = await source.describeStream(streamArn);
  const shardId = Shards[0]?.ShardId ?? '';
  const shardIterator = await source.getShardIterator({ streamArn, shardId, type: 'TRIM_HORIZON' });
  const { records } = await source.getRecords({ streamArn, shardId, shardIterator });
  // The mapping adds what GetRecords does not say.
  return records.map((record) => ({ ...record, eventSourceARN: streamArn }));
}

async function scan(client: DynamoDBClient, TableName: string): Promise<Item[]> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName, ConsistentRead: true }));
  return Items.toSorted((one, other) => ((one.id?.S ?? '') < (other.id?.S ?? '') ? -1 : 1));
}
