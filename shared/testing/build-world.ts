import { effectsWithoutTombstones } from '../change/tombstone.ts';
import type { AggregatesBuild, BuildResult } from '../operations/build/aggregates-build.ts';
import { buildAggregates } from '../operations/build/build-aggregates.ts';
import { type Intercept, interceptDynamoDb } from '../services/dynamodb/intercept.ts';
import { dynamoDbTwin } from '../services/dynamodb/twin/dynamodb-twin.ts';
import { ITEM_BUCKETS, itemScope } from '../sinks/aggregates/layout.ts';
import {
  type AggregatesWorld,
  accountsTable,
  aggregatesWorld,
  byCountry,
  type Circumstances,
  countEverything,
  tables,
} from './aggregates-world.ts';
import type { StreamRecord } from './record-builder.ts';

/** One shard of the table's stream, and how far its mapping is. */
export interface WorldShard {
  readonly shardId: string;
  readonly records: StreamRecord[];
  checkpoint: number;
}

export interface BuildCircumstances {
  /** Around every call of the build, those of its scan included. */
  readonly intercept?: Intercept;
  readonly decide?: AggregatesBuild['decide'];
  /** While the build pauses. By default all shards deliver what they have. */
  readonly onPause?: () => Promise<unknown>;
  /** Items that a page of the scan has. */
  readonly page?: number;
}

/** A table of accounts, its stream in two shards, the consumer of it, and builds of its aggregates. */
export interface BuildWorld extends AggregatesWorld {
  readonly shards: readonly [WorldShard, WorldShard];
  /** Dead letters that were redriven or discarded. */
  readonly settled: Set<string>;
  put(id: string, country: string | number, balance?: number): Promise<void>;
  remove(id: string): Promise<void>;
  /** What is left of the shard, or so many records, as its mapping delivers it. Then the checkpoint is behind it. */
  deliver(shard: WorldShard, options?: Circumstances & { readonly count?: number }): Promise<void>;
  deliverAll(circumstances?: Circumstances): Promise<void>;
  build(circumstances?: BuildCircumstances): Promise<BuildResult>;
  shardOf(id: string): WorldShard;
  /** From the table as it is now, in the words of `totals`. */
  recount(): Record<string, string>;
  /** Rows about single items that builds have left. */
  itemRows(): number;
}

const source = { ...accountsTable, name: 'accounts' };

export function buildWorld(): BuildWorld {
  const world = aggregatesWorld();
  const shards: [WorldShard, WorldShard] = [
    { shardId: 'shardId-1', records: [], checkpoint: 0 },
    { shardId: 'shardId-2', records: [], checkpoint: 0 },
  ];
  const shardOf = (id: string): WorldShard => shards[(id.codePointAt(0) ?? 0) % 2 === 0 ? 0 : 1];
  const accounts = dynamoDbTwin({
    tables: [source],
    nowMs: () => world.now.ms,
    onChange: ({ record }) =>
      shardOf(record.dynamodb.Keys.id && 'S' in record.dynamodb.Keys.id ? record.dynamodb.Keys.id.S : '').records.push(
        record,
      ),
  });
  const settled = new Set<string>();
  const deliver: BuildWorld['deliver'] = async (shard, { count, ...circumstances } = {}) => {
    const end = count === undefined ? shard.records.length : shard.checkpoint + count;
    const batch = shard.records.slice(shard.checkpoint, end);
    if (batch.length > 0) await world.invoke(batch, { ...circumstances, shardId: shard.shardId });
    shard.checkpoint += batch.length;
  };
  const deliverAll: BuildWorld['deliverAll'] = async (circumstances) => {
    for (const shard of shards) await deliver(shard, circumstances);
  };
  return {
    ...world,
    shards,
    shardOf,
    settled,
    deliver,
    deliverAll,
    put: async (id, country, balance = 1) => {
      const place = typeof country === 'string' ? { S: country } : { N: String(country) };
      const Item = { id: { S: id }, country: place, balance: { N: String(balance) } };
      await accounts.putItem({ TableName: source.name, Item });
    },
    remove: async (id) => {
      await accounts.deleteItem({ TableName: source.name, Key: { id: { S: id } } });
    },
    build: (circumstances = {}) =>
      buildAggregates(buildOf({ world, shards, settled, accounts }, { onPause: () => deliverAll(), ...circumstances })),
    recount: () => recount(accounts.items(source.name)),
    itemRows: () => {
      const scopes = new Set(
        Array.from({ length: 40 }, (_, generation) =>
          Array.from({ length: ITEM_BUCKETS }, (_, bucket) => itemScope(generation, bucket)),
        ).flat(),
      );
      return world.twin.items(tables.checkpoints).filter(({ scope }) => scopes.has(scope?.S ?? '')).length;
    },
  };
}

function buildOf(
  {
    world,
    shards,
    settled,
    accounts,
  }: Pick<BuildWorld, 'shards' | 'settled'> & {
    world: AggregatesWorld;
    accounts: ReturnType<typeof dynamoDbTwin>;
  },
  { intercept = (_call, proceed) => proceed(), decide, onPause, page = 500 }: BuildCircumstances,
): AggregatesBuild {
  const paged: Intercept = (call, proceed) => {
    if (call.operation === 'scan') call.input.Limit = page;
    return intercept(call, proceed);
  };
  const before = new Set<string>();
  const { contribution: _, clock, ...aggregates } = world.dependencies({ intercept });
  return {
    aggregates: {
      ...aggregates,
      clock: {
        ...clock,
        sleep: async (durationMs) => {
          await clock.sleep(durationMs);
          await onPause?.();
        },
      },
    },
    source: {
      dynamodb: interceptDynamoDb(accounts, paged),
      tableName: source.name,
      definition: accountsTable,
      region: 'eu-central-1',
      stream: {
        shards: async () =>
          shards
            .filter(({ records }) => records.length > 0)
            .map(({ shardId, records }) => ({ streamArn: records[0]?.eventSourceARN.valueOf() ?? '', shardId })),
        read: async function* ({ shardId }, after) {
          const shard = shards.find((each) => each.shardId === shardId);
          const numbers = (record: StreamRecord) => BigInt(record.dynamodb.SequenceNumber);
          yield (shard?.records ?? []).filter((each) => after === undefined || numbers(each) > BigInt(after));
        },
      },
    },
    totals: [byCountry],
    effects: effectsWithoutTombstones(countEverything, accountsTable),
    failures: {
      pending: async () => {
        for (const number of settled) before.add(number);
        return [...world.deadLetters.keys()].filter((number) => !settled.has(number)).length;
      },
      since: async () => [...world.deadLetters.keys()].filter((number) => !before.has(number)).length,
    },
    decide: decide ?? (async () => 'switch'),
    report: () => undefined,
    pace: { next: async () => undefined, took: async () => undefined },
  };
}

function recount(items: readonly Record<string, { S?: string; N?: string }>[]): Record<string, string> {
  const groups: Record<string, { count: number; sum: number }> = {};
  for (const { country, balance } of items) {
    const name = country?.S ?? '(invalid)';
    const { count, sum } = groups[name] ?? { count: 0, sum: 0 };
    groups[name] = { count: count + 1, sum: sum + (country?.S === undefined ? 0 : Number(balance?.N)) };
  }
  return Object.fromEntries(
    Object.entries(groups).map(([name, { count, sum }]) => [name, `${count} accounts, ${sum}`]),
  );
}
