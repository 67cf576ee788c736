import { expect } from 'vitest';
import { processBatch } from '../batch/process-batch.ts';
import type { AttributeMap, AttributeValue } from '../change/attribute-value.ts';
import { parseKinesisRecord } from '../change/from-kinesis.ts';
import { parseStreamRecord } from '../change/from-stream.ts';
import { effectsWithoutTombstones, liveImage } from '../change/tombstone.ts';
import { toImage, toItem } from '../services/dynamodb/image.ts';
import { type DynamoDbTwin, dynamoDbTwin } from '../services/dynamodb/twin/dynamodb-twin.ts';
import { createSearchTwin } from '../services/opensearch/twin.ts';
import { aggregateEffects, contributionAfter } from '../sinks/aggregates/effects.ts';
import { checkpointsTable, countersTable } from '../sinks/aggregates/resources.ts';
import { createAggregatesSink } from '../sinks/aggregates/sink.ts';
import { searchIndexFor } from '../sinks/search-index/resources.ts';
import { createSearchIndexSink } from '../sinks/search-index/sink.ts';
import { type GroupTotal, readTotals } from '../writer/read-totals.ts';
import { kinesisRecords } from './record-builder.ts';
import type { Choose, SchemaUnderTest, SearchConsumer } from './schema-contract.ts';
import type { TableWrite } from './schema-contract-history.ts';

/** What stands between the table and one consumer's copy of it. */
interface Path {
  /** The source now holds these too. */
  take(writes: readonly TableWrite[]): void;
  /** A random batch, which may hold what was delivered before. */
  deliverSome(): Promise<void>;
  /** Everything that is left, in random batches. */
  drain(): Promise<void>;
}

const region = 'eu-central-1';
const limits = { remainingMs: () => 60_000 };
const clock = { nowMs: () => Date.UTC(2026, 0, 2), sleep: async () => undefined };
/** Valid writes leave nothing behind: no dead letter, nothing unresolved. */
const deadLetters = { store: () => Promise.reject(new Error('a valid write became a dead letter')) };
const resolved = { batchItemFailures: [] };

/** Two shards in order; batches may start over. */
export function aggregatesPath(
  { table, totals }: SchemaUnderTest,
  choose: Choose,
): Path & { totals(): Promise<Readonly<Record<string, readonly GroupTotal[]>>> } {
  const dynamodb = dynamoDbTwin({ tables: [countersTable, checkpointsTable] });
  const tables = { counters: countersTable.name, checkpoints: checkpointsTable.name };
  const contribution = contributionAfter({ table, totals });
  const sink = createAggregatesSink({ dynamodb, clock, random: () => 0.5, tables, contribution });
  const effects = effectsWithoutTombstones(aggregateEffects({ table, totals }), table);
  const shards = ['shardId-1', 'shardId-2'].map((shardId) => ({ shardId, records: [] as unknown[], checkpoint: 0 }));
  type Shard = (typeof shards)[number];

  const deliver = async (shard: Shard): Promise<void> => {
    const { shardId } = shard;
    if (choose.once(5)) shard.checkpoint = choose.integer(0, shard.checkpoint);
    const records = shard.records.slice(shard.checkpoint, shard.checkpoint + choose.integer(1, 15));
    const parse = (record: unknown) => parseStreamRecord(record, { region, shardId });
    const batch = { records, shardId, parse, effects, sink, consumer: 'aggregates', deadLetters, limits };
    expect(await processBatch(batch)).toEqual(resolved);
    shard.checkpoint += records.length;
  };
  return {
    take(writes) {
      for (const { record } of writes) shards[shardOf(record.dynamodb.Keys)]?.records.push(record);
    },
    deliverSome: () => deliver(choose.pick(shards)),
    async drain() {
      for (const shard of shards) while (shard.checkpoint < shard.records.length) await deliver(shard);
    },
    async totals() {
      const read = totals.map(async ({ name }) => [
        name,
        await readTotals(dynamodb, { tableName: tables.counters, total: name }),
      ]);
      return Object.fromEntries(await Promise.all(read));
    },
  };
}

/** One item's changes keep to one shard. */
function shardOf(keys: AttributeMap): number {
  return Buffer.from(JSON.stringify(keys)).reduce((sum, byte) => sum + byte, 0) % 2;
}

/** Out of order, with duplicates. */
export function searchPath(options: {
  readonly schema: SchemaUnderTest;
  readonly search: SearchConsumer;
  readonly choose: Choose;
  /** The table itself, for ties. */
  readonly source: DynamoDbTwin;
}): Path & { visible(): Promise<ReadonlyMap<string, unknown>> } {
  const { schema, choose, source } = options;
  const { table } = schema;
  const { index, mappings } = searchIndexFor(table);
  const search = createSearchTwin({ mappings: { [index]: mappings }, nowMs: clock.nowMs });
  const sink = createSearchIndexSink({
    search,
    indices: async () => [index],
    fieldsOf: options.search.fields(table),
    readItem: async (keys) => {
      const { Item } = await source.getItem({ TableName: table.name, Key: toItem(keys), ConsistentRead: true });
      return Item === undefined ? undefined : liveImage(toImage(Item), table);
    },
  });
  const { record: build } = kinesisRecords({ tableName: table.name });
  const effects = effectsWithoutTombstones(options.search.effects(table), table);
  const pending: TableWrite[] = [];
  const parse = (record: unknown) => parseKinesisRecord(record, { region });

  const deliver = async (): Promise<void> => {
    const arrived = Array.from({ length: Math.min(pending.length, choose.integer(1, 15)) }, () => {
      const position = choose.integer(0, Math.min(pending.length - 1, 20));
      const [write] = choose.once(5) ? pending.slice(position) : pending.splice(position, 1);
      return write;
    });
    const records = arrived.filter((write) => write !== undefined).map((write) => build(...kinesisForm(write, choose)));
    const batch = { records, parse, effects, sink, consumer: 'search-index', deadLetters, limits };
    expect(await processBatch(batch)).toEqual(resolved);
    if (choose.once(5)) expect(await processBatch(batch)).toEqual(resolved);
  };
  return {
    take: (writes) => void pending.push(...writes),
    deliverSome: deliver,
    async drain() {
      while (pending.length > 0) await deliver();
    },
    async visible() {
      const filters = [{ field: 'tributary.deleted', equals: false }];
      const found = await search.search({ index, filters, limit: 10_000 });
      return new Map(found.map(({ id, document: { tributary: _mark, ...fields } }) => [id, fields]));
    },
  };
}

type KinesisRecordArguments = Parameters<ReturnType<typeof kinesisRecords>['record']>;

function kinesisForm({ record, createdAtMicroseconds }: TableWrite, choose: Choose): KinesisRecordArguments {
  const { Keys, OldImage, NewImage } = record.dynamodb;
  const images = {
    Keys: sameKeyOtherwise(Keys, choose),
    ...(OldImage === undefined ? {} : { OldImage }),
    ...(NewImage === undefined ? {} : { NewImage }),
  };
  const change = { eventName: record.eventName, isTimeToLive: record.userIdentity !== undefined, ...images };
  return [change, { createdAtMicroseconds, eventId: record.eventID }];
}

/** Attributes in any order, numbers in any notation: engines differ there. */
function sameKeyOtherwise(keys: AttributeMap, choose: Choose): AttributeMap {
  const entries = Object.entries(keys).map(([name, value]): [string, AttributeValue] => {
    if (!('N' in value)) return [name, value];
    const { N } = value;
    const isWhole = /^-?\d+$/.test(N);
    return [name, { N: choose.pick(isWhole ? [N, `${N}.0`, `${N}0E-1`] : [N, `${N}0`, `${N}E0`]) }];
  });
  return Object.fromEntries(choose.once(2) ? entries.reverse() : entries);
}
