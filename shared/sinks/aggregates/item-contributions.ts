import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { AttributeMap } from '../../change/attribute-value.ts';
import { type Deltas, negated } from './deltas.ts';
import { itemKey } from './layout.ts';

/** An item in the generation that is being built. */
export interface CountedItem {
  readonly key: Record<string, AttributeValue>;
  /** What the generation has of the item, as it is stored; absent: neither a change nor the scan has met the item. */
  readonly held?: string;
  /** What it is to have. Nothing for an item that is gone: a row all the same, so that no late scan fills the hole. */
  readonly contribution: Deltas;
}

/** An item that was read from the table, for a hole. */
export function foundItem(keys: AttributeMap, found: { generation: number; contribution: Deltas }): CountedItem {
  return { key: itemKey(keys, found.generation), contribution: found.contribution };
}

/** What the generation is short of: the difference between what it has of the items and what it is to have. */
export function itemDeltas(items: readonly CountedItem[]): Deltas {
  return items.flatMap(({ held, contribution }) => {
    const before = held === undefined ? [] : (JSON.parse(held) as Deltas);
    return [...before.map(negated), ...contribution];
  });
}

/** Only if the generation still has of the item what was read. */
export function itemPut({ key, held, contribution }: CountedItem, tableName: string): TransactWriteItem {
  return {
    Put: {
      TableName: tableName,
      Item: { ...key, counted: { S: JSON.stringify(contribution) } },
      ConditionExpression: held === undefined ? 'attribute_not_exists(#counted)' : '#counted = :held',
      ExpressionAttributeNames: { '#counted': 'counted' },
      ...(held === undefined ? {} : { ExpressionAttributeValues: { ':held': { S: held } } }),
    },
  };
}
