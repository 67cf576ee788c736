import type { QueryCommandInput, ScanCommandInput } from '@aws-sdk/client-dynamodb';
import { ValidationException } from './errors.ts';
import { meets } from './expression/evaluate.ts';
import { placeholdersOf } from './expression/placeholders.ts';
import { encodeKeyValue, type KeyAttribute, type KeySchema, keyAttributes, keyOfRequest } from './key.ts';
import { parseKeyCondition } from './key-condition.ts';
import { normalizedItem } from './normalize.ts';
import { type Page, pageReader } from './page.ts';
import { allItems, hashOf, type TableState } from './table.ts';
import { compareValues, equalValues, type Item } from './value.ts';

export function query(table: TableState, input: QueryCommandInput): Page {
  const schema = schemaOf(table, input.IndexName);
  const placeholders = placeholdersOf(input);
  const { partition, sort } = parseKeyCondition(input.KeyConditionExpression ?? '', placeholders, schema);
  const read = pageReader(input, placeholders);
  placeholders.assertAllUsed();
  const order = orderOf(table, schema, input.ScanIndexForward !== false);
  const start = startOf(table, schema, input.ExclusiveStartKey);
  const partitionName = schema.partitionKey.name;
  const rows =
    schema === table.definition
      ? (table.partitions.get(encodeKeyValue(partition))?.rows.values() ?? [])
      : allItems(table);
  const candidates = [...rows]
    .filter((item) => isIndexed(item, schema))
    .filter((item) => item[partitionName] !== undefined && equalValues(item[partitionName], partition))
    .filter((item) => sort === undefined || meets(item, sort))
    .filter((item) => start === undefined || order(item, start) > 0)
    .sort(order);
  return read(candidates, (item) => positionIn(table, schema, item));
}

/** Partitions in the order of a hash of their key, as DynamoDB has it; items of one by their sort key. */
export function scan(table: TableState, input: ScanCommandInput): Page {
  const placeholders = placeholdersOf(input);
  const read = pageReader(input, placeholders);
  placeholders.assertAllUsed();
  const { definition } = table;
  const order = orderOf(table, definition, true);
  const start = startOf(table, definition, input.ExclusiveStartKey);
  const startPartition = start === undefined ? undefined : keyOfRequest(definition, start).partition;
  const partitions = [...table.partitions]
    .map(([key, { hash, rows }]) => ({ key, hash, rows }))
    .filter(({ hash }) => hash % (input.TotalSegments ?? 1) === (input.Segment ?? 0))
    .sort((a, b) => a.hash - b.hash || (a.key < b.key ? -1 : 1));
  function* candidates(): Generator<Item> {
    for (const { key, hash, rows } of partitions) {
      if (startPartition === undefined || start === undefined) yield* [...rows.values()].sort(order);
      else if (key === startPartition) {
        yield* [...rows.values()].filter((item) => order(item, start) > 0).sort(order);
      } else if (hash > hashOf(startPartition) || (hash === hashOf(startPartition) && key > startPartition)) {
        yield* [...rows.values()].sort(order);
      }
    }
  }
  return read(candidates(), (item) => positionIn(table, definition, item));
}

function schemaOf(table: TableState, indexName: string | undefined): KeySchema {
  if (indexName === undefined) return table.definition;
  const index = table.definition.globalIndexes?.find(({ name }) => name === indexName);
  if (index !== undefined) return index;
  throw new ValidationException(`The table does not have the specified index: ${indexName}`);
}

/** An index holds only items that have all its key attributes. */
function isIndexed(item: Item, schema: KeySchema): boolean {
  return keyAttributes(schema).every(({ name }) => item[name] !== undefined);
}

function orderOf(table: TableState, schema: KeySchema, forward: boolean): (a: Item, b: Item) => number {
  const attributes: KeyAttribute[] = schema.sortKey === undefined ? [] : [schema.sortKey];
  // Items of an index may share its whole key; the table's key makes their order, and so the pages, definite.
  if (schema !== table.definition) attributes.push(...keyAttributes(table.definition));
  return (a, b) => {
    for (const { name } of attributes) {
      const left = a[name];
      const right = b[name];
      const order = left === undefined || right === undefined ? 0 : (compareValues(left, right) ?? 0);
      if (order !== 0) return forward ? order : -order;
    }
    return 0;
  };
}

function startOf(table: TableState, schema: KeySchema, key: Item | undefined): Item | undefined {
  if (key === undefined) return undefined;
  const start = normalizedItem(key);
  const expected = new Set([...keyAttributes(table.definition), ...keyAttributes(schema)].map(({ name }) => name));
  const given = Object.keys(start);
  if (given.length === expected.size && given.every((name) => expected.has(name))) return start;
  throw new ValidationException('The provided starting key is invalid');
}

function positionIn(table: TableState, schema: KeySchema, item: Item): Item {
  const position: Item = {};
  for (const { name } of [...keyAttributes(table.definition), ...keyAttributes(schema)]) {
    const value = item[name];
    if (value !== undefined) position[name] = value;
  }
  return position;
}
