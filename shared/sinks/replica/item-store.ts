import type { AttributeMap, AttributeValue } from '../../change/attribute-value.ts';
import type { Stamp } from '../../change/stamp.ts';
import type { TableDefinition } from '../../change/table-definition.ts';
import { toImage } from '../../services/dynamodb/image.ts';
import type { DynamoDb } from '../../services/dynamodb/port.ts';
import { classify, isConditionFailed } from './classify.ts';
import { itemOf } from './item-of.ts';

/** The table of one region. */
export interface Place {
  readonly dynamodb: DynamoDb;
  readonly tableName: string;
  readonly region: string;
}

/** What a put may replace: nothing, and an item that bears one of these stamps. */
export interface Replaceable {
  readonly nothing: boolean;
  readonly stamps: readonly Stamp[];
}

export type PutResult =
  | { readonly kind: 'written' }
  /** `item`: what stands there; absent: nothing did. */
  | { readonly kind: 'refused'; readonly item?: AttributeMap };

/** The only three things that replication does to an item. Each write states what it may meet. */
export interface ItemStore {
  readonly region: string;
  /** Consistent. */
  read(keys: AttributeMap): Promise<AttributeMap | undefined>;
  put(image: AttributeMap, over: Replaceable): Promise<PutResult>;
  /** Puts a stamp on the item if it still bears the version that was read. False: it does not. */
  stamp(keys: AttributeMap, versions: { readonly asRead?: AttributeValue; readonly stamp: Stamp }): Promise<boolean>;
}

export function createItemStore(place: Place, table: TableDefinition): ItemStore {
  const { dynamodb, tableName: TableName, region } = place;
  const names = { '#key': table.partitionKey.name, '#version': table.versionAttribute };
  return {
    region,
    read: async (keys) => {
      const request = { TableName, Key: itemOf(keys), ConsistentRead: true };
      const { Item } = await orThrow(`reading the item in ${region}`, () => dynamodb.getItem(request));
      return Item === undefined ? undefined : toImage(Item);
    },
    put: async (image, over) => {
      const write = () =>
        dynamodb.putItem({
          TableName,
          Item: itemOf(image),
          ...onlyOver(over, names),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        });
      return refusable(`writing the item in ${region}`, write);
    },
    stamp: async (keys, { asRead, stamp }) => {
      // An item that is gone must not come back as a key with a stamp.
      const unchanged = asRead === undefined ? 'attribute_not_exists(#version)' : '#version = :asRead';
      const write = () =>
        dynamodb.updateItem({
          TableName,
          Key: itemOf(keys),
          UpdateExpression: 'SET #version = :stamp',
          ConditionExpression: `attribute_exists(#key) AND ${unchanged}`,
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: itemOf({ ':stamp': { S: stamp }, ...(asRead && { ':asRead': asRead }) }),
        });
      const { kind } = await refusable(`stamping the item in ${region}`, write);
      return kind === 'written';
    },
  };
}

function onlyOver({ nothing, stamps }: Replaceable, names: { readonly '#key': string; readonly '#version': string }) {
  const values = Object.fromEntries(stamps.map((stamp, index) => [`:stamp${index}`, { S: stamp }]));
  const alternatives = [
    ...(nothing ? ['attribute_not_exists(#key)'] : []),
    ...(stamps.length > 0 ? [`#version IN (${Object.keys(values).join(', ')})`] : []),
  ];
  const { '#key': key, '#version': version } = names;
  return {
    ConditionExpression: alternatives.join(' OR '),
    ExpressionAttributeNames: { ...(nothing && { '#key': key }), ...(stamps.length > 0 && { '#version': version }) },
    ...(stamps.length > 0 && { ExpressionAttributeValues: values }),
  };
}

async function refusable(step: string, write: () => Promise<unknown>): Promise<PutResult> {
  try {
    await write();
    return { kind: 'written' };
  } catch (error) {
    if (!isConditionFailed(error)) throw classify(step, error);
    return error.Item === undefined ? { kind: 'refused' } : { kind: 'refused', item: toImage(error.Item) };
  }
}

async function orThrow<Output>(step: string, call: () => Promise<Output>): Promise<Output> {
  try {
    return await call();
  } catch (error) {
    throw classify(step, error);
  }
}
