import { randomUUID } from 'node:crypto';
import type { Stamp } from '../change/stamp.ts';
import { type Changes, changesFromApplication, fromApplication, isThere } from './application-item.ts';
import { type PlainItem, toStored } from './plain-item.ts';
import { notFound } from './single-writes.ts';
import { refusalOf, type WriteContext, writeAboveStored } from './write-attempts.ts';
import { deleteRequest, putRequest, stamped, updateRequest, type WriteRequest } from './write-request.ts';

/** One write of a transaction. */
export type TransactedWrite =
  | { readonly put: PlainItem }
  | { readonly update: PlainItem; readonly changes: Changes }
  | { readonly delete: PlainItem };

/** All or none, in this region; each write travels to other regions by itself. All carry one stamp. */
export async function transactItems(context: WriteContext, writes: readonly TransactedWrite[]): Promise<void> {
  const requests = writes.map((write) => requestOf(context, write));
  await writeAboveStored(context, async (stamp) => {
    try {
      const TransactItems = requests.map((request) => request(stamp));
      await context.dynamodb.transactWriteItems({ TransactItems, ClientRequestToken: randomUUID() });
      return undefined;
    } catch (error) {
      const refusal = refusalOf(error);
      for (const { index, item } of refusal.met) {
        const write = writes[index];
        if (write === undefined || !('update' in write) || isThere(item, context.target.definition)) continue;
        throw notFound(` (write ${index + 1} of the transaction, of which nothing was written)`);
      }
      return refusal;
    }
  });
}

function requestOf({ target, clock }: WriteContext, write: TransactedWrite): (stamp: Stamp) => WriteRequest {
  const { definition } = target;
  if ('put' in write) {
    const item = fromApplication(write.put, definition);
    return (stamp) => putRequest(target, stamped(item, stamp, definition), stamp);
  }
  if ('update' in write) {
    const key = toStored(write.update);
    const changes = changesFromApplication(write.changes, definition);
    return (stamp) => updateRequest(target, { key, changes, stamp });
  }
  const key = toStored(write.delete);
  return (stamp) => deleteRequest(target, { key, stamp, nowMs: clock.nowMs() });
}
