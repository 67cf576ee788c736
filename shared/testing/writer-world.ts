import type { Clock } from '../batch/clock.ts';
import { nextStamp, readStamp, type Stamp } from '../change/stamp.ts';
import type { TableDefinition } from '../change/table-definition.ts';
import type { DynamoDb } from '../services/dynamodb/port.ts';
import { type DynamoDbTwin, dynamoDbTwin } from '../services/dynamodb/twin/dynamodb-twin.ts';
import type { StreamRecord } from '../services/dynamodb/twin/stream-record.ts';
import { createWriter, type Writer, type WriterOptions } from '../writer/write.ts';

type Items = ReturnType<DynamoDbTwin['items']>;

/** A table on the twin, in time that a test moves, with writers of any region. */
export interface WriterWorld {
  readonly twin: DynamoDbTwin;
  readonly startMs: number;
  nowMs: number;
  /** Pauses that writers made. */
  readonly slept: number[];
  /** The table's stream. */
  readonly changes: readonly StreamRecord[];
  /** @default the twin, `eu-west-1` and `active-active` */
  writer(options?: Partial<Pick<WriterOptions, 'dynamodb' | 'region' | 'mode' | 'clock'>>): Writer;
  items(): Items;
  /** The item as it is stored, of `a` unless told otherwise. */
  stored(id?: string): Items[number] | undefined;
  stampOf(id?: string): Stamp | undefined;
  /** A stamp of so many milliseconds after the start. */
  stampAt(afterMs: number, region?: string): Stamp;
  /** Puts attributes of `a` past the writer, as a replicator or a person does. */
  place(attributes: Items[number]): Promise<void>;
}

export const writerTable: TableDefinition = {
  name: 'things',
  partitionKey: { name: 'id', type: 'S' },
  timeToLiveAttribute: 'expiresAt',
  versionAttribute: '_v',
  tombstoneAttribute: '_deleted',
  entities: [],
};

export function createWriterWorld(): WriterWorld {
  const startMs = Date.UTC(2026, 0, 1);
  const tableName = writerTable.name;
  const changes: StreamRecord[] = [];
  const twin: DynamoDbTwin = dynamoDbTwin({
    tables: [writerTable],
    nowMs: () => world.nowMs,
    onChange: ({ record }) => changes.push(record),
  });
  const clock: Clock = {
    nowMs: () => world.nowMs,
    sleep: async (durationMs) => {
      world.slept.push(durationMs);
      world.nowMs += durationMs;
    },
  };
  const dynamodb: DynamoDb = twin;
  const world: WriterWorld = {
    twin,
    startMs,
    nowMs: startMs,
    slept: [],
    changes,
    writer: (options = {}) =>
      createWriter({
        dynamodb,
        table: { tableName, definition: writerTable },
        region: 'eu-west-1',
        mode: 'active-active',
        clock,
        random: () => 1,
        ...options,
      }),
    items: () => twin.items(tableName),
    stored: (id = 'a') => twin.items(tableName).find((item) => item.id?.S === id),
    stampOf: (id = 'a') => readStamp(world.stored(id)?._v?.S),
    stampAt: (afterMs, region = 'us-east-1') =>
      nextStamp({ nowMicroseconds: BigInt(startMs + afterMs) * 1000n, region }),
    place: async (attributes) => {
      await twin.putItem({ TableName: tableName, Item: { id: { S: 'a' }, ...attributes } });
    },
  };
  return world;
}
