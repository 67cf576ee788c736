import { isTombstone } from '../../change/tombstone.ts';
import { toImage, toItem } from '../../services/dynamodb/image.ts';
import { toPlain } from '../../writer/plain-item.ts';
import { createWriter } from '../../writer/write.ts';
import { userOfKind } from '../resource-users.ts';
import { OperatorError, type TargetRegion } from '../target.ts';
import type { ForgetIn } from './forget-in.ts';

/** Deletes the item as an application would, so that everything that follows from a deletion follows from it. */
export async function deleteItem(
  { region, keys, table, change, clock }: ForgetIn,
  { addresses, others }: { readonly addresses: Set<string>; readonly others: readonly TargetRegion[] },
): Promise<boolean> {
  const source = sourceIn(region);
  const { dynamodb } = source.connections;
  const { Item } = await dynamodb.getItem({ TableName: source.tableName, Key: toItem(keys), ConsistentRead: true });
  if (Item === undefined || isTombstone(toImage(Item), table)) return false;
  for (const { attributes } of table.entities) {
    for (const [name, { personal }] of Object.entries(attributes)) {
      const address = personal === 'email' ? Item[name]?.S : undefined;
      if (address !== undefined) addresses.add(address.toLowerCase());
    }
  }
  // A copy that only the other region writes is deleted there, and the deletion arrives.
  const mode = modeIn(region) ?? 'off';
  if (mode === 'off' && others.some((other) => modeIn(other) === 'one-way')) return true;
  const key = Object.values(keys)
    .map((value) => Object.values(Object(value)).join(''))
    .join(' / ');
  if (!change({ service: 'dynamodb', action: 'delete', target: source.tableName, key })) return true;
  const writer = createWriter({
    ...{ dynamodb, table: { tableName: source.tableName, definition: table }, region: region.name, clock },
    mode: mode === 'active-active' ? 'active-active' : 'one-way',
  });
  await writer.delete(toPlain(toItem(keys)));
  return true;
}

export async function isItemGone({ region, keys, table }: ForgetIn): Promise<boolean> {
  const { connections, tableName: TableName } = sourceIn(region);
  const { Item } = await connections.dynamodb.getItem({ TableName, Key: toItem(keys), ConsistentRead: true });
  return Item === undefined || isTombstone(toImage(Item), table);
}

function sourceIn(region: TargetRegion) {
  const source = userOfKind(region, 'sourceTable');
  if (source === undefined) throw new OperatorError(`No function in ${region.name} is told where the table is.`);
  return { ...source, tableName: source.config.value(source.use.variable) };
}

/** How the tables are kept alike by the replicator of the region; undefined where there is none. */
function modeIn(region: TargetRegion): string | undefined {
  const replica = userOfKind(region, 'replicaTable');
  return replica?.config.value(replica.use.modeVariable);
}
