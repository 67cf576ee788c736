import { mapBounded } from '../batch/bounded.ts';
import type { AttributeMap } from '../change/attribute-value.ts';
import type { TableDefinition } from '../change/table-definition.ts';
import { toImage, toItem } from '../services/dynamodb/image.ts';
import type { DynamoDb } from '../services/dynamodb/port.ts';
import type { ReadItem } from './copies/item-copies.ts';

/** Where a table is read. */
export interface ReadTable {
  readonly dynamodb: DynamoDb;
  /** Physical name. */
  readonly tableName: string;
  readonly definition: TableDefinition;
}

export interface TablePage {
  readonly items: readonly Required<ReadItem>[];
  /** Key after which the next page begins; absent: this was the last one. */
  readonly next?: AttributeMap;
}

export interface PageRequest {
  /** Key after which the page begins; undefined: at the beginning. */
  readonly after: AttributeMap | undefined;
  readonly limit: number;
  /** One part of the table instead of all of it. */
  readonly part?: { readonly index: number; readonly of: number };
}

/** A page of the whole table, tombstones included. Consistent: it shows what every change before it has made. */
export async function readPage(
  { dynamodb, tableName, definition }: ReadTable,
  { after, limit, part }: PageRequest,
): Promise<TablePage> {
  const { Items = [], LastEvaluatedKey } = await dynamodb.scan({
    TableName: tableName,
    ConsistentRead: true,
    Limit: limit,
    ...(part === undefined ? {} : { Segment: part.index, TotalSegments: part.of }),
    ...(after === undefined ? {} : { ExclusiveStartKey: toItem(after) }),
  });
  const items = Items.map((item) => {
    const image = toImage(item);
    return { keys: keysOf(image, definition), image };
  });
  return { items, ...(LastEvaluatedKey === undefined ? {} : { next: toImage(LastEvaluatedKey) }) };
}

/** The item as it is now, consistently. */
export async function readItem({ dynamodb, tableName }: ReadTable, keys: AttributeMap): Promise<ReadItem> {
  const { Item } = await dynamodb.getItem({ TableName: tableName, Key: toItem(keys), ConsistentRead: true });
  return { keys, ...(Item === undefined ? {} : { image: toImage(Item) }) };
}

const readsAtOnce = 16;

/** As they are now, each by itself. */
export function readItems(table: ReadTable, keys: readonly AttributeMap[]): Promise<readonly ReadItem[]> {
  return mapBounded(keys, readsAtOnce, (each) => readItem(table, each));
}

function keysOf(image: AttributeMap, { partitionKey, sortKey }: TableDefinition): AttributeMap {
  const names = sortKey === undefined ? [partitionKey.name] : [partitionKey.name, sortKey.name];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = image[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
