import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import type { StoredItem } from './stored.ts';

/** Every item of a table, read consistently. */
export async function readTable(client: DynamoDBClient, table: string): Promise<StoredItem[]> {
  const items: StoredItem[] = [];
  for await (const page of paginateScan({ client }, { TableName: table, ConsistentRead: true })) {
    for (const item of page.Items ?? []) items.push(item);
  }
  return items;
}
