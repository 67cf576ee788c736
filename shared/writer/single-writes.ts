import { randomUUID } from 'node:crypto';
import { sameImage } from '../change/same-image.ts';
import { stampOf } from '../change/stamp.ts';
import { toImage } from '../services/dynamodb/image.ts';
import { type Changes, changesFromApplication, isThere, toApplication } from './application-item.ts';
import type { PlainValue, StoredItem } from './plain-item.ts';
import { type Refusal, refusalOf, type WriteContext, writeAboveStored } from './write-attempts.ts';
import { WriteError } from './write-error.ts';
import { type AttributeChanges, deleteRequest, putRequest, stamped, updateRequest } from './write-request.ts';

export async function putItem(context: WriteContext, item: StoredItem): Promise<void> {
  const { dynamodb, target } = context;
  await writeAboveStored(context, async (stamp) => {
    const { Put } = putRequest(target, stamped(item, stamp, target.definition), stamp);
    return refused(() => dynamodb.putItem(Put), holding(Put.Item));
  });
}

export async function deleteItem(context: WriteContext, key: StoredItem): Promise<void> {
  const { dynamodb, target, clock } = context;
  await writeAboveStored(context, async (stamp) => {
    const request = deleteRequest(target, { key, stamp, nowMs: clock.nowMs() });
    if ('Delete' in request) return refused(() => dynamodb.deleteItem(request.Delete));
    return refused(() => dynamodb.putItem(request.Put), holding(request.Put.Item));
  });
}

/** One round trip where nobody else wrote with a clock that is ahead. */
export async function updateItem(context: WriteContext, key: StoredItem, changes: AttributeChanges): Promise<void> {
  const { dynamodb, target } = context;
  const { versionAttribute } = target.definition;
  await writeAboveStored(context, async (stamp) => {
    const { Update } = updateRequest(target, { key, changes, stamp });
    const written = { ...changes.set, [versionAttribute]: { S: stamp } };
    const refusal = await refused(() => dynamodb.updateItem(Update), holding(written, changes.remove));
    for (const { item } of refusal?.met ?? []) if (!isThere(item, target.definition)) throw notFound();
    return refusal;
  });
}

/**
 * Computes the changes from the item and makes them only while it is the one that was read. As a transaction, because
 * its token lets DynamoDB recognise a repetition by the SDK when a reply was lost: what is computed from the item, such
 * as a count, would otherwise be made twice.
 */
export async function modifyItem(
  context: WriteContext,
  key: StoredItem,
  change: (item: Record<string, PlainValue>) => Changes,
): Promise<void> {
  const { dynamodb, target } = context;
  const { definition, tableName: TableName } = target;
  await writeAboveStored(context, async (stamp) => {
    const { Item: stored } = await dynamodb.getItem({ TableName, Key: key, ConsistentRead: true });
    const item = toApplication(stored, definition);
    if (stored === undefined || item === undefined) throw notFound();
    const from = stampOf(toImage(stored), definition.versionAttribute);
    const changes = changesFromApplication(change(item), definition);
    const request = updateRequest(target, { key, changes, stamp, from: { stamp: from } });
    const transaction = { TransactItems: [request], ClientRequestToken: randomUUID() };
    return refused(() => dynamodb.transactWriteItems(transaction));
  });
}

export function notFound(place = ''): WriteError {
  return new WriteError('not-found', `There is no item with this key to update${place}: put it instead.`);
}

/**
 * The SDK repeats a write whose reply was lost, and the repetition meets the write itself: that is no refusal. (Another
 * writer's, of the same stamp and the same content, would be no different.)
 */
async function refused(
  write: () => Promise<unknown>,
  isDone: (found: StoredItem) => boolean = () => false,
): Promise<Refusal | undefined> {
  try {
    await write();
    return undefined;
  } catch (error) {
    const refusal = refusalOf(error);
    const found = refusal.met[0]?.item;
    return found !== undefined && isDone(found) ? undefined : refusal;
  }
}

/** Whether an item holds these attributes, stamp and all, and not those; without `absent`, nothing else. */
function holding(written: StoredItem | undefined, absent?: readonly string[]): (found: StoredItem) => boolean {
  const wanted = toImage(written ?? {});
  return (found) => {
    if (absent === undefined) return sameImage(toImage(found), wanted);
    const touched = Object.entries(found).filter(([name]) => Object.hasOwn(wanted, name) || absent.includes(name));
    return sameImage(toImage(Object.fromEntries(touched)), wanted);
  };
}
