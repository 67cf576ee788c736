import { randomInt } from 'node:crypto';
import type { DynamoDBClient, QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { Clock, Random } from '../batch/clock.ts';
import type { TableDefinition } from '../change/table-definition.ts';
import { systemClock } from '../runtime/clock.ts';
import { dynamoDbClient } from '../services/dynamodb/client.ts';
import type { DynamoDb } from '../services/dynamodb/port.ts';
import { type Changes, changesFromApplication, fromApplication, toApplication } from './application-item.ts';
import { type BatchedWrite, batchWriteItems } from './batch-write.ts';
import { type PlainItem, type PlainValue, toPlain, toStored } from './plain-item.ts';
import { deleteItem, modifyItem, putItem, updateItem } from './single-writes.ts';
import { createStampClock } from './stamp-clock.ts';
import { type TransactedWrite, transactItems } from './transaction.ts';
import type { WriteContext } from './write-attempts.ts';
import type { WriteTarget } from './write-request.ts';

export interface WriterOptions {
  /** A `DynamoDBClient`, or a `DynamoDBDocumentClient` of `@aws-sdk/lib-dynamodb`: values are plain with both. */
  readonly dynamodb: Pick<DynamoDBClient, 'send'> | DynamoDb;
  readonly table: { readonly tableName: string; readonly definition: TableDefinition };
  /** Where the table is, such as `eu-west-1`: part of every stamp. */
  readonly region: string;
  /**
   * `active-active`: every region writes. The newest write of an item wins everywhere, and a deletion leaves a
   * tombstone. `one-way`: this region alone writes; items are stamped as they are written, deletions just delete.
   */
  readonly mode: 'active-active' | 'one-way';
  /** @default the machine's */
  readonly clock?: Clock;
  /** For pauses before another attempt. */
  readonly random?: Random;
}

/**
 * What an application writes a replicated table with, instead of the document client.
 *
 * Every write carries a stamp of a hybrid logical clock and is taken only over an older one; a write that meets a newer
 * stamp is repeated above it, so it is never lost to a clock that is behind. What anything else writes has no stamp:
 * the replicator notices and stamps it, and meanwhile this writer waits for that, a few seconds at most.
 *
 * Every method throws `WriteError` for what the writer refuses (nothing was written then), and the SDK's error for what
 * DynamoDB does.
 */
export interface Writer {
  /** The whole item, whether there was one or not. */
  put(item: PlainItem): Promise<void>;
  /**
   * Sets attributes of an item that is there, and leaves the others; `undefined` removes one.
   *
   * @throws {WriteError} `not-found`
   */
  update(key: PlainItem, changes: Changes): Promise<void>;
  /**
   * As `update`, with changes that are computed from the item as it is and made only while it is: for counters, and
   * whatever must not undo another write. `change` is called again when somebody else was faster.
   *
   * @throws {WriteError} `not-found`
   */
  modify(key: PlainItem, change: (item: PlainReadItem) => Changes): Promise<void>;
  /** Whether there was an item or not. */
  delete(key: PlainItem): Promise<void>;
  /** Up to 100 writes, all or none here; in other regions each arrives by itself. */
  transact(writes: readonly TransactedWrite[]): Promise<void>;
  /**
   * Without a condition, so in `one-way` mode only.
   *
   * @throws {WriteError} `batch-refused` in active-active mode
   */
  batchWrite(writes: readonly BatchedWrite[]): Promise<void>;
  /** `undefined` when there is none, or a deleted one. */
  get(key: PlainItem, options?: { readonly consistent?: boolean }): Promise<PlainReadItem | undefined>;
  /**
   * One page; deleted items are left out after `Limit` has counted them. An index over the table's own keys must
   * project the tombstone attribute.
   */
  query(query: PlainQuery): Promise<PlainPage>;
}

type PlainReadItem = Record<string, PlainValue>;

/** A query of the SDK with plain values. */
export interface PlainQuery
  extends Pick<
    QueryCommandInput,
    | 'IndexName'
    | 'KeyConditionExpression'
    | 'FilterExpression'
    | 'ExpressionAttributeNames'
    | 'Limit'
    | 'ScanIndexForward'
    | 'ConsistentRead'
  > {
  readonly ExpressionAttributeValues?: PlainItem;
  readonly ExclusiveStartKey?: PlainItem;
}

export interface PlainPage {
  readonly Items: readonly PlainReadItem[];
  /** For the next page; absent on the last one. */
  readonly LastEvaluatedKey?: PlainReadItem;
}

/** @throws {RangeError} when the region is no region's name. */
export function createWriter(options: WriterOptions): Writer {
  const { table, mode, region, clock = systemClock, random = () => randomInt(2 ** 32) / 2 ** 32 } = options;
  const dynamodb = 'send' in options.dynamodb ? dynamoDbClient(options.dynamodb) : options.dynamodb;
  const { definition } = table;
  const target: WriteTarget = { ...table, mode };
  const stamps = createStampClock({ nowMs: () => clock.nowMs(), region });
  const context: WriteContext = { dynamodb, target, clock, random, stamps };
  return {
    put: async (item) => putItem(context, fromApplication(item, definition)),
    update: async (key, changes) => updateItem(context, toStored(key), changesFromApplication(changes, definition)),
    modify: async (key, change) => modifyItem(context, toStored(key), change),
    delete: async (key) => deleteItem(context, toStored(key)),
    transact: async (writes) => transactItems(context, writes),
    batchWrite: async (writes) => batchWriteItems(context, writes),
    async get(key, { consistent = false } = {}) {
      const { tableName: TableName } = table;
      const { Item } = await dynamodb.getItem({ TableName, Key: toStored(key), ConsistentRead: consistent });
      return toApplication(Item, definition);
    },
    query: async (query) => readPage(context, query),
  };
}

async function readPage({ dynamodb, target }: WriteContext, query: PlainQuery): Promise<PlainPage> {
  const { ExpressionAttributeValues: values, ExclusiveStartKey: start, ...rest } = query;
  const { Items, LastEvaluatedKey } = await dynamodb.query({
    ...rest,
    TableName: target.tableName,
    ...(values === undefined ? {} : { ExpressionAttributeValues: toStored(values) }),
    ...(start === undefined ? {} : { ExclusiveStartKey: toStored(start) }),
  });
  return {
    Items: (Items ?? []).flatMap((item) => toApplication(item, target.definition) ?? []),
    ...(LastEvaluatedKey === undefined ? {} : { LastEvaluatedKey: toPlain(LastEvaluatedKey) }),
  };
}
