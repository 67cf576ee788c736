import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { AttributeMap } from '../change/attribute-value.ts';
import { keyText } from '../change/key-text.ts';
import { allRows } from '../services/dynamodb/all-rows.ts';
import { conflictsTable } from '../sinks/replica/resources.ts';
import { userOfTable } from './resource-users.ts';
import type { TargetRegion } from './target.ts';

type Row = Readonly<Record<string, AttributeValue>>;

/**
 * The rows of all versions of an item that lost to another region's, oldest first: nothing of them but the attributes
 * that are asked for, for each row holds two whole images. Empty where nothing is replicated.
 */
export async function* lostVersionRows(
  region: TargetRegion,
  { keys, attributes }: { readonly keys: AttributeMap; readonly attributes: readonly string[] },
): AsyncGenerator<Row> {
  const conflicts = userOfTable(region, conflictsTable);
  if (conflicts === undefined) return;
  const names = attributes.map((name, at) => [`#a${at}`, name] as const);
  yield* allRows((start) =>
    conflicts.connections.dynamodb.query({
      TableName: conflicts.tableName,
      KeyConditionExpression: '#item = :item',
      ExpressionAttributeNames: { '#item': conflictsTable.partitionKey.name, ...Object.fromEntries(names) },
      ExpressionAttributeValues: { ':item': { S: keyText(keys) } },
      ProjectionExpression: names.map(([placeholder]) => placeholder).join(', '),
      ConsistentRead: true,
      ...start,
    }),
  );
}
