import type { AttributeValue, Delete, Put, Update } from '@aws-sdk/client-dynamodb';
import type { Stamp } from '../change/stamp.ts';
import type { TableDefinition } from '../change/table-definition.ts';
import { tombstoneOf } from '../change/tombstone.ts';
import { toImage, toItem } from '../services/dynamodb/image.ts';
import type { StoredItem } from './plain-item.ts';

/** Where a writer writes, and under which rule. */
export interface WriteTarget {
  readonly tableName: string;
  readonly definition: TableDefinition;
  readonly mode: 'active-active' | 'one-way';
}

/** One write as DynamoDB takes it, alone or within a transaction. */
export type WriteRequest = { readonly Put: Put } | { readonly Update: Update } | { readonly Delete: Delete };

/** An item that carries the stamp of its write: nothing else can be put, so none is put without. */
export type StampedItem = StoredItem & { readonly [stampedBrand]: true };

declare const stampedBrand: unique symbol;

export function stamped(item: StoredItem, stamp: Stamp, { versionAttribute }: TableDefinition): StampedItem {
  return { ...item, [versionAttribute]: { S: stamp } } as StampedItem;
}

export function putRequest(target: WriteTarget, item: StampedItem, stamp: Stamp): { readonly Put: Put } {
  const guard = newerThanStored(target, stamp);
  return {
    Put: {
      TableName: target.tableName,
      Item: item,
      ConditionExpression: guard.condition,
      ExpressionAttributeNames: guard.names,
      ExpressionAttributeValues: guard.values,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/** A tombstone where every region writes; where one does, order is the table's own, and the item just goes. */
export function deleteRequest(
  target: WriteTarget,
  { key, stamp, nowMs }: { readonly key: StoredItem; readonly stamp: Stamp; readonly nowMs: number },
): { readonly Put: Put } | { readonly Delete: Delete } {
  const { tableName, definition, mode } = target;
  if (mode === 'one-way') return { Delete: { TableName: tableName, Key: key } };
  const tombstone = toItem(tombstoneOf(toImage(key), { table: definition, stamp, nowMs }));
  return putRequest(target, stamped(tombstone, stamp, definition), stamp);
}

/** Attributes to set, and names of those to remove. */
export interface AttributeChanges {
  readonly set: StoredItem;
  readonly remove: readonly string[];
}

/**
 * Changes attributes of an item that is there. `from`: only while the item is the one that was read with this stamp
 * (`undefined`: without any).
 */
export function updateRequest(
  target: WriteTarget,
  update: {
    readonly key: StoredItem;
    readonly changes: AttributeChanges;
    readonly stamp: Stamp;
    readonly from?: { readonly stamp: Stamp | undefined };
  },
): { readonly Update: Update } {
  const { key, changes, stamp, from } = update;
  const guard = newerThanStored(target, stamp);
  const names: Record<string, string> = { ...guard.names, '#deleted': target.definition.tombstoneAttribute };
  names['#pk'] = target.definition.partitionKey.name;
  const values: Record<string, AttributeValue> = { ...guard.values };
  const conditions = ['attribute_exists(#pk)', 'attribute_not_exists(#deleted)', `(${guard.condition})`];
  if (from !== undefined) {
    conditions.push(from.stamp === undefined ? 'attribute_not_exists(#v)' : '#v = :read');
    if (from.stamp !== undefined) values[':read'] = { S: from.stamp };
  }
  const set = ['#v = :v'];
  for (const [index, [name, value]] of Object.entries(changes.set).entries()) {
    names[`#s${index}`] = name;
    values[`:s${index}`] = value;
    set.push(`#s${index} = :s${index}`);
  }
  const remove = changes.remove.map((name, index) => {
    names[`#r${index}`] = name;
    return `#r${index}`;
  });
  return {
    Update: {
      TableName: target.tableName,
      Key: key,
      UpdateExpression: `SET ${set.join(', ')}${remove.length === 0 ? '' : ` REMOVE ${remove.join(', ')}`}`,
      ConditionExpression: conditions.join(' AND '),
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/**
 * The one condition of every write, local or from another region. In active-active mode an item without a stamp refuses
 * it until the replicator has stamped it; where one region writes nobody would, and nothing needs it.
 */
function newerThanStored({ definition, mode }: WriteTarget, stamp: Stamp) {
  const version = { '#v': definition.versionAttribute };
  const values = { ':v': { S: stamp } };
  if (mode === 'one-way') return { condition: 'attribute_not_exists(#v) OR #v < :v', names: version, values };
  const names = { ...version, '#pk': definition.partitionKey.name };
  return { condition: 'attribute_not_exists(#pk) OR #v < :v', names, values };
}
