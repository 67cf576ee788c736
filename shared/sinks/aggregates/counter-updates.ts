import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { coalesce, type Deltas } from './deltas.ts';
import { type CounterPlace, counterKey } from './layout.ts';
import type { Delta } from './total-definition.ts';

/** Adds the sum of the deltas to each counter of one generation. */
export function addDeltas(
  deltas: Deltas,
  { tableName, ...place }: CounterPlace & { tableName: string },
): readonly TransactWriteItem[] {
  return coalesce(deltas).map((delta) => addDelta(delta, { TableName: tableName, Key: counterKey(delta, place) }));
}

function addDelta(
  delta: Delta,
  target: { readonly TableName: string; readonly Key: ReturnType<typeof counterKey> },
): TransactWriteItem {
  const count = { N: String(delta.count) };
  if (delta.sum === undefined) {
    return {
      Update: {
        ...target,
        UpdateExpression: 'ADD #count :count',
        ExpressionAttributeNames: { '#count': 'count' },
        ExpressionAttributeValues: { ':count': count },
      },
    };
  }
  return {
    Update: {
      ...target,
      UpdateExpression: 'ADD #count :count, #sum :sum',
      ExpressionAttributeNames: { '#count': 'count', '#sum': 'sum' },
      ExpressionAttributeValues: { ':count': count, ':sum': { N: delta.sum } },
    },
  };
}
