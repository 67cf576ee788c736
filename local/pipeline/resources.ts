import { setTimeout as delay } from 'node:timers/promises';
import {
  type AttributeDefinition,
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
  type KeySchemaElement,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { CreateStreamCommand, DescribeStreamSummaryCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { KeyAttribute, TableDefinition } from '../../shared/change/table-definition.ts';
import type { ConsumerDefinition, TableResource } from '../../shared/runtime/consumer-definition.ts';
import { searchIndexFor } from '../../shared/sinks/search-index/resources.ts';
import type { Clients } from './clients.ts';
import { names } from './names.ts';

export interface CreatedResources {
  readonly tableStreamArn: string;
  readonly kinesisStreamArn: string;
  readonly queueUrl: string;
}

/** Creates what the deployment would: all of it follows from the table and what the consumers declare to use. */
export async function createResources(
  clients: Clients,
  { table, registry }: { table: TableDefinition; registry: readonly ConsumerDefinition[] },
): Promise<CreatedResources> {
  const uses = registry.flatMap((definition) => definition.uses);
  const tables = new Map(uses.filter((use) => use.kind === 'table').map((use) => [use.name, use]));
  const buckets = new Set(uses.filter((use) => use.kind === 'bucket').map(({ name }) => name));
  const { index, alias, aliasFilter, mappings } = searchIndexFor(table);
  const [tableStreamArn, kinesisStreamArn, queueUrl] = await Promise.all([
    createSourceTable(clients.dynamodb, table),
    createKinesisStream(clients.kinesis, names.kinesisStream),
    createQueue(clients.sqs, names.queue),
    ...[names.bucket, ...buckets].map((Bucket) => clients.s3.send(new CreateBucketCommand({ Bucket }))),
    clients.opensearch.indices.create({ index, body: { mappings, aliases: { [alias]: { filter: aliasFilter } } } }),
    ...[...tables.values()].map((each) => createTable(clients.dynamodb, each)),
  ]);
  return { tableStreamArn, kinesisStreamArn, queueUrl };
}

/** Creates the user's table with its stream; answers the stream's ARN. */
export async function createSourceTable(client: DynamoDBClient, table: TableDefinition): Promise<string> {
  await createTable(client, table, { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' });
  const { Table: described } = await client.send(new DescribeTableCommand({ TableName: table.name }));
  if (described?.LatestStreamArn === undefined)
    throw new Error(`Table ${table.name} has no stream after its creation.`);
  return described.LatestStreamArn;
}

/** Creates a table as its definition says. */
export async function createTable(
  client: DynamoDBClient,
  table:
    | Pick<TableResource, 'name' | 'partitionKey' | 'sortKey' | 'timeToLiveAttribute' | 'globalIndexes'>
    | TableDefinition,
  stream?: CreateTableCommandInput['StreamSpecification'],
): Promise<void> {
  const indexes = 'globalIndexes' in table ? (table.globalIndexes ?? []) : [];
  const keys = [table, ...indexes].flatMap((each) => keysOf(each));
  const attributes = new Map(keys.map(({ name, type }) => [name, type]));
  await client.send(
    new CreateTableCommand({
      TableName: table.name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: keySchema(table),
      AttributeDefinitions: [...attributes].map(
        ([AttributeName, AttributeType]): AttributeDefinition => ({ AttributeName, AttributeType }),
      ),
      ...(stream === undefined ? {} : { StreamSpecification: stream }),
      ...(indexes.length === 0
        ? {}
        : {
            GlobalSecondaryIndexes: indexes.map((index) => ({
              IndexName: index.name,
              KeySchema: keySchema(index),
              Projection: { ProjectionType: 'ALL' as const },
            })),
          }),
    }),
  );
  if (table.timeToLiveAttribute === undefined) return;
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: table.name,
      TimeToLiveSpecification: { Enabled: true, AttributeName: table.timeToLiveAttribute },
    }),
  );
}

/** Answers the stream's ARN once it can be written to. */
async function createKinesisStream(client: KinesisClient, name: string): Promise<string> {
  await client.send(new CreateStreamCommand({ StreamName: name, ShardCount: 1 }));
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const { StreamDescriptionSummary: summary } = await client.send(
      new DescribeStreamSummaryCommand({ StreamName: name }),
    );
    if (summary?.StreamStatus === 'ACTIVE' && summary.StreamARN !== undefined) return summary.StreamARN;
    await delay(25);
  }
  throw new Error(`The Kinesis stream ${name} did not become active.`);
}

/** Answers the queue's URL. */
async function createQueue(client: SQSClient, name: string): Promise<string> {
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: name }));
  if (QueueUrl === undefined) throw new Error(`The queue ${name} has no URL after its creation.`);
  return QueueUrl;
}

interface Keyed {
  readonly partitionKey: KeyAttribute;
  readonly sortKey?: KeyAttribute;
}

function keysOf({ partitionKey, sortKey }: Keyed): readonly KeyAttribute[] {
  return sortKey === undefined ? [partitionKey] : [partitionKey, sortKey];
}

function keySchema(keyed: Keyed): KeySchemaElement[] {
  return keysOf(keyed).map(({ name }, position) => ({
    AttributeName: name,
    KeyType: position === 0 ? 'HASH' : 'RANGE',
  }));
}
