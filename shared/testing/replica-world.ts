import type { RecordOutcome } from '../batch/batch.ts';
import { processBatch } from '../batch/process-batch.ts';
import type { BatchResponse } from '../batch/response.ts';
import type { AttributeMap } from '../change/attribute-value.ts';
import type { Change } from '../change/change.ts';
import { parseStreamRecord } from '../change/from-stream.ts';
import { type Stamp, stampOf } from '../change/stamp.ts';
import type { TableDefinition } from '../change/table-definition.ts';
import { toImage, toItem } from '../services/dynamodb/image.ts';
import { type Intercept, interceptDynamoDb } from '../services/dynamodb/intercept.ts';
import type { DynamoDb } from '../services/dynamodb/port.ts';
import { type DynamoDbTwin, dynamoDbTwin } from '../services/dynamodb/twin/dynamodb-twin.ts';
import type { StreamRecord } from '../services/dynamodb/twin/stream-record.ts';
import type { ReplicaDependencies, ReplicaObservation } from '../sinks/replica/dependencies.ts';
import { activeActiveEffects } from '../sinks/replica/effects.ts';
import { createOneWaySink, oneWayEffects } from '../sinks/replica/one-way.ts';
import { conflictsTable } from '../sinks/replica/resources.ts';
import { createActiveActiveSink } from '../sinks/replica/sink.ts';
import { toPlain } from '../writer/plain-item.ts';
import { createWriter, type Writer } from '../writer/write.ts';

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

/** Regions on in-memory DynamoDB in virtual time, with the writer and the replicator between any two. */
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
  return {
    now,
    regions,
    writes,
    observations,
    region,
    put: async (name, id, attributes) => {
      const plain = toPlain(toItem({ id: { S: id }, ...attributes }));
      return stampWritten(writerIn(region(name), { now, writes }).put(plain), writes);
    },
    remove: async (name, id) => stampWritten(writerIn(region(name), { now, writes }).delete({ id }), writes),
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

/** The writer of applications, whose accepted writes are noted with what each replaced. */
function writerIn(
  { name, twin, skewMicroseconds }: RegionUnderTest,
  { now, writes }: Pick<ReplicaWorld, 'now' | 'writes'>,
): Writer {
  const noting: DynamoDb = {
    ...twin,
    putItem: async (input) => {
      const answer = await twin.putItem({ ...input, ReturnValues: 'ALL_OLD' });
      const [stamp, over] = [input.Item, answer.Attributes].map((item) => item && stampOf(toImage(item), '_v'));
      if (stamp !== undefined) {
        const isTombstone = input.Item?._deleted !== undefined;
        writes.push({ id: input.Item?.id?.S ?? '', region: name, stamp, over, isTombstone });
      }
      return answer;
    },
  };
  return createWriter({
    dynamodb: noting,
    table: { tableName: thingsTable.name, definition: thingsTable },
    region: name,
    mode: 'active-active',
    clock: { nowMs: () => Number(now.microseconds + skewMicroseconds) / 1000, sleep: async () => undefined },
    random: () => 0,
  });
}

/** Undefined when the writer gave up: a plain write has not been stamped yet. */
async function stampWritten(write: Promise<void>, writes: readonly StampedWrite[]): Promise<Stamp | undefined> {
  try {
    await write;
    return writes.at(-1)?.stamp;
  } catch (error) {
    if (error instanceof Error && error.name === 'WriteError') return undefined;
    throw error;
  }
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
