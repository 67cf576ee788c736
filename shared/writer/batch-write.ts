import type { WriteRequest } from '@aws-sdk/client-dynamodb';
import { fromApplication } from './application-item.ts';
import { type PlainItem, toStored } from './plain-item.ts';
import type { WriteContext } from './write-attempts.ts';
import { WriteError } from './write-error.ts';
import { stamped } from './write-request.ts';

export type BatchedWrite = { readonly put: PlainItem } | { readonly delete: PlainItem };

const requestsAtOnce = 25;
const roundsMax = 10;
const pauseStartMs = 50;

/**
 * Each write by itself, in no order, and without a condition: BatchWriteItem knows none.
 *
 * @throws {WriteError} `batch-refused` in active-active mode; `conflict` when DynamoDB goes on leaving some undone.
 */
export async function batchWriteItems(context: WriteContext, writes: readonly BatchedWrite[]): Promise<void> {
  const { target, stamps } = context;
  if (target.mode === 'active-active') {
    throw new WriteError(
      'batch-refused',
      'Batch writes cannot carry a condition, so one could undo a newer write of another region: use put and delete, ' +
        'several at a time, or transact.',
    );
  }
  const requests = writes.map((write): WriteRequest => {
    if ('delete' in write) return { DeleteRequest: { Key: toStored(write.delete) } };
    const item = fromApplication(write.put, target.definition);
    return { PutRequest: { Item: stamped(item, stamps.next(), target.definition) } };
  });
  for (let start = 0; start < requests.length; start += requestsAtOnce) {
    await writeAll(context, requests.slice(start, start + requestsAtOnce));
  }
}

async function writeAll({ dynamodb, target, clock, random }: WriteContext, requests: WriteRequest[]): Promise<void> {
  let left = requests;
  for (let round = 1; left.length > 0; round += 1) {
    const { UnprocessedItems } = await dynamodb.batchWriteItem({ RequestItems: { [target.tableName]: left } });
    left = UnprocessedItems?.[target.tableName] ?? [];
    if (left.length === 0) return;
    if (round === roundsMax) {
      const problem = `DynamoDB throttles: ${left.length} writes of the batch were left undone in ${roundsMax} rounds.`;
      throw new WriteError('conflict', problem);
    }
    await clock.sleep(random() * pauseStartMs * 2 ** round);
  }
}
