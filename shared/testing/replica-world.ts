import type { RecordOutcome } from '../batch/batch.ts';
import { processBatch } from '../batch/process-batch.ts';
import type { BatchResponse } from '../batch/response.ts';
import type { AttributeMap } from '../change/attribute-value.ts';
import type { Change } from '../change/change.ts';
import { parseStreamRecord } from '../change/from-stream.ts';
import { nextStamp, type Stamp, stampOf } from '../change/stamp.ts';
import type { TableDefinition } from '../change/table-definition.ts';
import { tombstoneOf } from '../change/tombstone.ts';
import { toImage, toItem } from '../services/dynamodb/image.ts';
import { type Intercept, interceptDynamoDb } from '../services/dynamodb/intercept.ts';
import { type DynamoDbTwin, dynamoDbTwin } from '../services/dynamodb/twin/dynamodb-twin.ts';
import type { StreamRecord } from '../services/dynamodb/twin/stream-record.ts';
import type { ReplicaDependencies, ReplicaObservation } from '../sinks/replica/dependencies.ts';
import { activeActiveEffects } from '../sinks/replica/effects.ts';
import { createOneWaySink, oneWayEffects } from '../sinks/replica/one-way.ts';
import { conflictsTable } from '../sinks/replica/resources.ts';
import { createActiveActiveSink } from '../sinks/replica/sink.ts';

export const thingsTable: TableDefinition = {
  name: 'things',
  partitionKey: { name: 'id', type: 'S' },
  timeToLiveAttribute: 'expiresAt',
  versionAttribute: '_v',
  tombstoneAttribute: '_deleted',
  entities: [],
};

/** One region: its table, what its stream holds, and how far its clocks are ahead. */
export interface RegionUnderTest {
  readonly name: string;
  readonly twin: DynamoDbTwin;
  readonly stream: StreamRecord[];
  /** Of the writers and of the functions alike. */
  skewMicroseconds: bigint;
}

/** How one invocation differs from an undisturbed one. */
export interface ReplicaCircumstances {
  readonly mode?: 'active-active' | 'one-way';
  readonly intercept?: Intercept;
}

export interface ReplicaInvocation {
  readonly response: BatchResponse;
  readonly outcomes: readonly RecordOutcome['kind'][];
}

/** A stamped write that its table took. */
export interface StampedWrite {
  readonly id: string;
  readonly region: string;
  readonly stamp: Stamp;
  /** The version that it replaced. */
  readonly over: Stamp | undefined;
  readonly isTombstone: boolean;
}

/** Regions on in-memory DynamoDB in virtual time, with a minimal writer and the replicator between any two. */
export interface ReplicaWorld {
  readonly now: { microseconds: bigint };
  readonly regions: readonly RegionUnderTest[];
  readonly writes: StampedWrite[];
  readonly observations: ReplicaObservation[];
  region(name: string): RegionUnderTest;
  /** Stamped; undefined when the table refused it. */
  put(region: string, id: string, attributes: AttributeMap): Promise<Stamp | undefined>;
  /** Stamped: leaves a tombstone. */
  remove(region: string, id: string): Promise<Stamp | undefined>;
  /** PutItem of whatever this is. */
  plain(region: string, item: AttributeMap): Promise<void>;
  /** UpdateItem that leaves the stamp as it is. */
  keep(region: string, id: string, value: string): Promise<void>;
  /** DeleteItem. */
  hard(region: string, id: string): Promise<void>;
  item(region: string, id: string): Promise<AttributeMap | undefined>;
  dependencies(link: ReplicaLink, circumstances?: ReplicaCircumstances): ReplicaDependencies;
  deliver(
    link: ReplicaLink,
    records: readonly unknown[],
    circumstances?: ReplicaCircumstances,
  ): Promise<ReplicaInvocation>;
  /** Rows that the replicators of these regions wrote. */
  conflicts(): readonly AttributeMap[];
}

export interface ReplicaLink {
  readonly from: string;
  readonly to: string;
}

export function replicaWorld(names: readonly string[]): ReplicaWorld {
  const now = { microseconds: 1_767_225_600_000_000n };
  const regions = names.map((name) => startRegion(name, () => Number(now.microseconds / 1000n)));
  const region = (name: string) => {
    const found = regions.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no region ${name}`);
    return found;
  };
  const observations: ReplicaObservation[] = [];
  const dependencies: ReplicaWorld['dependencies'] = ({ from, to }, { intercept } = {}) => {
    const placeOf = ({ name, twin }: RegionUnderTest) => ({
      dynamodb: intercept === undefined ? twin : interceptDynamoDb(twin, intercept),
      tableName: thingsTable.name,
      region: name,
    });
    const home = region(from);
    const { dynamodb } = placeOf(home);
    return {
      table: thingsTable,
      home: placeOf(home),
      remote: placeOf(region(to)),
      conflicts: { dynamodb, tableName: conflictsTable.name },
      clock: {
        nowMs: () => Number((now.microseconds + home.skewMicroseconds) / 1000n),
        sleep: async () => undefined,
      },
      observe: (observation) => observations.push(observation),
    };
  };
  const writes: StampedWrite[] = [];
  const readItem = async (name: string, id: string) => {
    const key = { TableName: thingsTable.name, Key: { id: { S: id } }, ConsistentRead: true };
    const { Item } = await region(name).twin.getItem(key);
    return Item === undefined ? undefined : toImage(Item);
  };
  const write = stampedWriter({ now, region, readItem, writes });
  return {
    now,
    regions,
    writes,
    observations,
    region,
    put: (name, id, attributes) => write(name, id, (stamp) => ({ id: { S: id }, ...attributes, _v: { S: stamp } })),
    remove: (name, id) =>
      write(name, id, (stamp) => {
        const nowMs = Number(now.microseconds / 1000n);
        return tombstoneOf({ id: { S: id } }, { table: thingsTable, stamp, nowMs });
      }),
    ...unstampedWrites(region),
    item: readItem,
    dependencies,
    deliver: (link, records, circumstances = {}) => deliver(records, dependencies(link, circumstances), circumstances),
    conflicts: () => regions.flatMap(({ twin }) => twin.items(conflictsTable.name).map(toImage)),
  };
}

/** A change as the function gets it. */
export function changeOf(record: StreamRecord): Change {
  return parseStreamRecord(record, { region: record.awsRegion });
}

function startRegion(name: string, nowMs: () => number): RegionUnderTest {
  const stream: StreamRecord[] = [];
  const twin = dynamoDbTwin({
    tables: [thingsTable, conflictsTable],
    nowMs,
    region: name,
    onChange: ({ tableName, record }) => {
      if (tableName === thingsTable.name) stream.push(record);
    },
  });
  return { name, twin, stream, skewMicroseconds: 0n };
}

function unstampedWrites(region: ReplicaWorld['region']): Pick<ReplicaWorld, 'plain' | 'keep' | 'hard'> {
  return {
    plain: async (name, item) => {
      await region(name).twin.putItem({ TableName: thingsTable.name, Item: toItem(item) });
    },
    keep: async (name, id, value) => {
      await region(name).twin.updateItem({
        TableName: thingsTable.name,
        Key: { id: { S: id } },
        UpdateExpression: 'SET kept = :kept',
        ExpressionAttributeValues: { ':kept': { S: value } },
      });
    },
    hard: async (name, id) => {
      await region(name).twin.deleteItem({ TableName: thingsTable.name, Key: { id: { S: id } } });
    },
  };
}

/** The writer as far as replication depends on it: the clock, the one condition, the bump from what stands there. */
function stampedWriter(world: {
  readonly now: { readonly microseconds: bigint };
  readonly region: (name: string) => RegionUnderTest;
  readonly readItem: ReplicaWorld['item'];
  readonly writes: StampedWrite[];
}) {
  return async (name: string, id: string, imageOf: (stamp: Stamp) => AttributeMap): Promise<Stamp | undefined> => {
    const { twin, skewMicroseconds } = world.region(name);
    const over = stampOf(await world.readItem(name, id), thingsTable.versionAttribute);
    const nowMicroseconds = world.now.microseconds + skewMicroseconds;
    const stamp = nextStamp({ nowMicroseconds, after: over, region: name });
    const image = imageOf(stamp);
    try {
      const { Attributes } = await twin.putItem({
        TableName: thingsTable.name,
        Item: toItem(image),
        ConditionExpression: 'attribute_not_exists(id) OR #v < :v',
        ExpressionAttributeNames: { '#v': '_v' },
        ExpressionAttributeValues: { ':v': { S: stamp } },
        ReturnValues: 'ALL_OLD',
      });
      const replaced = Attributes === undefined ? undefined : stampOf(toImage(Attributes), '_v');
      world.writes.push({ id, region: name, stamp, over: replaced, isTombstone: '_deleted' in image });
      return stamp;
    } catch (error) {
      if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return undefined;
      throw error;
    }
  };
}

async function deliver(
  records: readonly unknown[],
  dependencies: ReplicaDependencies,
  { mode = 'active-active' }: ReplicaCircumstances,
): Promise<ReplicaInvocation> {
  const outcomes: RecordOutcome['kind'][] = [];
  const batch = {
    records,
    parse: (record: unknown) => parseStreamRecord(record, { region: dependencies.home.region }),
    consumer: 'replicator',
    deadLetters: { store: () => Promise.reject(new Error('no record is poison')) },
    limits: { remainingMs: () => 60_000 },
    observe: ({ outcome }: { readonly outcome: RecordOutcome }) => outcomes.push(outcome.kind),
  };
  const { table, home } = dependencies;
  const response =
    mode === 'one-way'
      ? await processBatch({ ...batch, effects: oneWayEffects(table), sink: createOneWaySink(dependencies) })
      : await processBatch({
          ...batch,
          effects: activeActiveEffects({ table, region: home.region }),
          sink: createActiveActiveSink(dependencies),
        });
  return { response, outcomes };
}
