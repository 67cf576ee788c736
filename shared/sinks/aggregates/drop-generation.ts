import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { AggregatesDependencies } from './checkpoints.ts';
import { counterPartition, ITEM_BUCKETS, itemScope, SLICES } from './layout.ts';

/** Most that one BatchWriteItem takes. */
const BATCH = 25;
const BASE_DELAY_MS = 50;
const MAX_DELAY_MS = 5_000;

type Row = Record<string, AttributeValue>;

/** Deletes what a build kept of each item. Nothing reads it once the build has ended. */
export async function dropItems(generation: number, dependencies: AggregatesDependencies): Promise<void> {
  for (let bucket = 0; bucket < ITEM_BUCKETS; bucket += 1) {
    const partition = { tableName: dependencies.tables.checkpoints, name: 'scope', sort: 'row' };
    await dropPartition({ ...partition, value: itemScope(generation, bucket) }, dependencies);
  }
}

/** Deletes the counters of a generation that takes no more changes and that no reader begins to read. */
export async function dropCounters(
  { generation, totals }: { readonly generation: number; readonly totals: readonly string[] },
  dependencies: AggregatesDependencies,
): Promise<void> {
  for (const total of totals) {
    for (let slice = 0; slice < SLICES; slice += 1) {
      for (const kind of ['value', 'invalid'] as const) {
        const value = counterPartition({ total, kind, slice, generation });
        const partition = { tableName: dependencies.tables.counters, name: 'slice', sort: 'group' };
        await dropPartition({ ...partition, value }, dependencies);
      }
    }
  }
}

async function dropPartition(
  { tableName, name, sort, value }: { tableName: string; name: string; sort: string; value: string },
  dependencies: AggregatesDependencies,
): Promise<void> {
  for (;;) {
    const { Items = [] } = await dependencies.dynamodb.query({
      TableName: tableName,
      KeyConditionExpression: '#partition = :value',
      ExpressionAttributeNames: { '#partition': name, '#sort': sort },
      ExpressionAttributeValues: { ':value': { S: value } },
      ProjectionExpression: '#partition, #sort',
      ConsistentRead: true,
      Limit: 1000,
    });
    if (Items.length === 0) return;
    for (let first = 0; first < Items.length; first += BATCH) {
      await deleteAll({ tableName, keys: Items.slice(first, first + BATCH) }, dependencies);
    }
  }
}

async function deleteAll(
  { tableName, keys }: { tableName: string; keys: readonly Row[] },
  { dynamodb, clock, random }: AggregatesDependencies,
): Promise<void> {
  let requests = keys.map((Key) => ({ DeleteRequest: { Key } }));
  for (let attempt = 1; requests.length > 0; attempt += 1) {
    const { UnprocessedItems } = await dynamodb.batchWriteItem({ RequestItems: { [tableName]: requests } });
    requests = (UnprocessedItems?.[tableName] ?? []).flatMap(({ DeleteRequest }) =>
      DeleteRequest?.Key === undefined ? [] : [{ DeleteRequest: { Key: DeleteRequest.Key } }],
    );
    if (requests.length > 0)
      await clock.sleep(Math.min(MAX_DELAY_MS, Math.ceil(random() * BASE_DELAY_MS * 2 ** attempt)));
  }
}
