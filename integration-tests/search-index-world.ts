import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Client } from '@opensearch-project/opensearch';
import { create } from '../functions/search-index/handler.ts';
import { table } from '../functions/table.ts';
import { plainWrite } from '../local/demo/plain-write.ts';
import { sendInOrder } from '../local/demo/send-in-order.ts';
import { planWorkload, type Step } from '../local/demo/workload.ts';
import { createDynamoDbStreamSource, type StreamRecord } from '../local/engines/dynamodb-stream-source.ts';
import { createCreationTimes } from '../local/engines/kinesis-destination/creation-time.ts';
import { toKinesisRecord } from '../local/engines/kinesis-destination/kinesis-record.ts';
import { type FaultMode, type FaultProxy, startFaultProxy } from '../local/faults/fault-proxy.ts';
import { createSourceTable } from '../local/pipeline/resources.ts';
import { dynamoDbClient } from '../shared/services/dynamodb/client.ts';
import { createOpenSearchClient } from '../shared/services/opensearch/client.ts';
import type { SearchService } from '../shared/services/opensearch/port.ts';
import { searchIndex, searchIndexFor } from '../shared/sinks/search-index/resources.ts';
import { startDynamoDb, startSearch } from './provided-engines.ts';

const region = 'eu-west-1';
const streamArn = `arn:aws:kinesis:${region}:000000000000:stream/users-changes`;
const mostAttempts = 100;

/** A change on its way through Kinesis. */
export interface KinesisEvent {
  /** Tells items apart. */
  readonly id: string;
  readonly createdAt: number;
  /** As Lambda delivers it. */
  readonly record: Readonly<Record<string, unknown>>;
}

/** The table, its stream and the search engine, with the deployed handler between them; the test is the mapping. */
export interface SearchWorld {
  readonly tables: DynamoDBClient;
  /** The official client, as an application has it. */
  readonly readers: Client;
  /** Inserts, edits, deletions, returns, expiries and transactions. */
  writeUsers(): Promise<void>;
  /** It forgets at once which documents were deleted; OpenSearch would a minute later. */
  createIndex(names: { readonly index: string; readonly alias: string }): Promise<void>;
  /**
   * Every change of the table in the form that Kinesis has, in the order of the writes.
   *
   * @param options.microsecondsPerTick how coarse the clock is that stamps them; 1 unless given
   */
  records(options?: { readonly microsecondsPerTick: number }): Promise<readonly KinesisEvent[]>;
  /** As Kinesis would hold them in this order: duplicates have sequence numbers of their own. */
  renumbered(records: readonly KinesisEvent[]): readonly KinesisEvent[];
  /** Invokes until all is resolved, what is not again from its first record on, or as often as `attempts` says. */
  deliver(index: string, batch: readonly KinesisEvent[], options?: DeliveryOptions): Promise<void>;
  /** What becomes of each bulk request of the function to the search engine. */
  setFault(fault: () => FaultMode | undefined): void;
  stop(): Promise<void>;
}

interface DeliveryOptions {
  /** What the invocations see of the search service. */
  readonly through?: (search: SearchService) => SearchService;
  readonly attempts?: number;
}

export async function startSearchWorld(): Promise<SearchWorld> {
  await using starting = new AsyncDisposableStack();
  const engine = starting.adopt(await startDynamoDb(region), (each) => each.stop());
  const engineSearch = starting.adopt(await startSearch(region), (each) => each.stop());
  const proxy = await startFaultProxy({ service: 'opensearch', target: engineSearch.url });
  starting.defer(() => proxy.stop());
  let fault: () => FaultMode | undefined = () => undefined;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const tables = new DynamoDBClient({ endpoint: engine.url, region, credentials });
  starting.defer(() => tables.destroy());
  const readers = new Client({ node: engineSearch.url });
  starting.defer(() => readers.close());
  const search = createOpenSearchClient({ endpoint: proxy.url, requestTimeoutMs: 20_000 });
  starting.defer(() => search.close());
  const faulty = failing(search, { proxy, fault: () => fault() });
  const tableStreamArn = await createSourceTable(tables, table);
  const cleanup = starting.move();
  const nextSequenceNumber = sequenceNumbers();
  return {
    tables,
    readers,
    writeUsers: async () => {
      const { steps } = planWorkload({ users: 40, seed: 1, poison: false });
      const { signal } = new AbortController();
      await sendInOrder({ steps, send: (step) => writePlainly(tables, step), concurrency: 8, signal });
      await engine.sweepExpiredItems();
    },
    createIndex: async ({ index, alias }) => {
      const { mappings, aliasFilter: filter } = searchIndexFor(table);
      const settings = { 'index.gc_deletes': '0s' };
      await readers.indices.create({ index, body: { mappings, settings, aliases: { [alias]: { filter } } } });
    },
    records: async ({ microsecondsPerTick } = { microsecondsPerTick: 1 }) => {
      const creationTime = createCreationTimes();
      const stream = await readStream(engine.url, tableStreamArn);
      return stream.map((record) => {
        const exact = creationTime(record.dynamodb.ApproximateCreationDateTime);
        return kinesisEvent(record, exact - (exact % microsecondsPerTick));
      });
    },
    renumbered: (records) => records.map((event) => withSequenceNumber(event, nextSequenceNumber())),
    deliver: async (index, batch, { through, attempts } = {}) => {
      const handler = handlerOn(index, tables, through?.(faulty) ?? faulty);
      let rest = batch;
      for (let attempt = 0; rest.length > 0 && attempt < (attempts ?? mostAttempts); attempt += 1) {
        rest = await unresolved(handler, rest);
      }
      if (attempts === undefined && rest.length > 0) throw new Error('The batch is not resolved after every attempt');
    },
    setFault: (next) => {
      fault = next;
    },
    stop: () => cleanup.disposeAsync(),
  };
}

/** Each bulk request meets the fault of its turn on its way. */
function failing(
  search: SearchService,
  { proxy, fault }: { proxy: FaultProxy; fault: () => FaultMode | undefined },
): SearchService {
  return {
    ...search,
    bulk: async (operations) => {
      const mode = fault();
      if (mode !== undefined) proxy.fail(mode);
      try {
        return await search.bulk(operations);
      } finally {
        // What is read before the next bulk, such as which indices are written, meets no fault.
        proxy.clear();
      }
    },
  };
}

type Handler = ReturnType<typeof create>;

function handlerOn(index: string, tables: DynamoDBClient, search: SearchService): Handler {
  const values = new Map([[searchIndex.variable, index]]);
  return create({
    config: {
      consumer: 'search-index',
      region,
      stage: 'test',
      codeVersion: 'test',
      deadLetters: { bucket: 'none', queueUrl: 'http://127.0.0.1/none' },
      value: (name) => values.get(name) ?? table.name,
    },
    deadLetters: { store: () => Promise.reject(new Error('nothing here is poison')) },
    clock: { nowMs: () => Date.now(), sleep: async () => undefined },
    random: Math.random,
    log: { startInvocation: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    metrics: { add: () => undefined, flush: () => undefined },
    dynamodb: dynamoDbClient(tables),
    search,
  });
}

async function unresolved(handler: Handler, batch: readonly KinesisEvent[]): Promise<readonly KinesisEvent[]> {
  const event = { Records: batch.map(({ record }) => record) };
  const { batchItemFailures } = await handler(event, {
    awsRequestId: 'request',
    getRemainingTimeInMillis: () => 60_000,
  });
  const first = batchItemFailures[0]?.itemIdentifier;
  const at = batch.findIndex(({ record }) => Object(record.kinesis).sequenceNumber === first);
  return at < 0 ? [] : batch.slice(at);
}

function kinesisEvent(streamRecord: StreamRecord, createdAt: number): KinesisEvent {
  const { partitionKey, data } = toKinesisRecord({
    record: streamRecord,
    tableName: table.name,
    createdAtMicroseconds: createdAt,
  });
  const record = {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey,
      data: Buffer.from(data).toString('base64'),
      approximateArrivalTimestamp: createdAt / 1_000_000,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventName: 'aws:kinesis:record',
    awsRegion: region,
    eventSourceARN: streamArn,
  };
  return { id: JSON.stringify(streamRecord.dynamodb.Keys), createdAt, record };
}

/** 56 digits, as Kinesis gives them. */
function sequenceNumbers(): () => string {
  let last = 49_680_417_154_773_212_123_864_540_029_538_946_150_309_501_603_770_531_842n;
  return () => {
    last += 1n;
    return String(last);
  };
}

function withSequenceNumber(event: KinesisEvent, sequenceNumber: string): KinesisEvent {
  const kinesis = { ...Object(event.record.kinesis), sequenceNumber };
  return { ...event, record: { ...event.record, eventID: `shardId-000000000000:${sequenceNumber}`, kinesis } };
}

async function readStream(endpoint: string, arn: string): Promise<StreamRecord[]> {
  const source = createDynamoDbStreamSource({ endpoint, region });
  const { Shards } = await source.describeStream(arn);
  const shard = { streamArn: arn, shardId: Shards[0]?.ShardId ?? '' };
  const records: StreamRecord[] = [];
  let iterator: string | undefined = await source.getShardIterator({ ...shard, type: 'TRIM_HORIZON' });
  // The shard stays open: its tip is where a page is empty.
  while (iterator !== undefined) {
    const page = await source.getRecords({ ...shard, shardIterator: iterator });
    records.push(...page.records);
    iterator = page.records.length === 0 ? undefined : page.nextShardIterator;
  }
  return records;
}

async function writePlainly(client: DynamoDBClient, step: Step): Promise<void> {
  for (const write of step) await plainWrite(client, write);
}
