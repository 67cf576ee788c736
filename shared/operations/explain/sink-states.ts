import type { AttributeMap } from '../../change/attribute-value.ts';
import { readString } from '../../change/read-attribute.ts';
import type { TableDefinition } from '../../change/table-definition.ts';
import { rowOf } from '../../sinks/email-ledger/ledger-row.ts';
import { ledgerTable } from '../../sinks/email-ledger/resources.ts';
import { changeMarkField, documentId } from '../../sinks/search-index/document.ts';
import { searchIndexFor } from '../../sinks/search-index/resources.ts';
import { readWrittenIndices } from '../../sinks/search-index/written-indices.ts';
import { lostVersionRows } from '../lost-versions.ts';
import { userOfKind, userOfTable } from '../resource-users.ts';
import type { TargetRegion } from '../target.ts';
import type { DocumentExplanation, RegionExplanation } from './explanation.ts';

interface Wanted {
  readonly keys: AttributeMap;
  readonly table: TableDefinition;
}

export async function documentOf(
  region: TargetRegion,
  { keys, table }: Wanted,
): Promise<DocumentExplanation | undefined> {
  const user = userOfKind(region, 'searchIndex');
  if (user === undefined) return undefined;
  const { search } = user.connections;
  const where = { versions: searchIndexFor(table).versions, first: user.config.value(user.use.variable) };
  const { current: index } = await readWrittenIndices(search, where);
  const id = documentId(keys, table);
  const found = (await search.get({ index, ids: [id] })).get(id);
  if (found === undefined) return { state: 'missing' };
  const mark = found.document[changeMarkField];
  const isDeleted = typeof mark === 'object' && mark !== null && 'deleted' in mark && mark.deleted === true;
  const changedAt = new Date(Number(found.version / 1000n)).toISOString();
  return { state: isDeleted ? 'tombstone' : 'current', changedAt };
}

/** The ledger knows a mail by the text of the item's key; absent where the region welcomes nobody. */
export async function emailOf(region: TargetRegion, { keys, table }: Wanted): Promise<RegionExplanation['email']> {
  const user = userOfTable(region, ledgerTable);
  const id = table.partitionKey.type === 'S' ? readString(keys, table.partitionKey.name, 'keys') : undefined;
  if (user === undefined || id === undefined) return undefined;
  const { Item } = await user.connections.dynamodb.getItem({
    TableName: user.tableName,
    Key: { id: { S: id } },
    ConsistentRead: true,
  });
  if (Item === undefined) return { state: 'none', attempts: 0 };
  const { state, attempt } = rowOf(Item);
  return { state, attempts: attempt };
}

export async function lostVersionsOf(region: TargetRegion, keys: AttributeMap): Promise<RegionExplanation['lost']> {
  const lost: RegionExplanation['lost'][number][] = [];
  const attributes = ['version', 'reason', 'recordedAt'];
  for await (const { version, reason, recordedAt } of lostVersionRows(region, { keys, attributes })) {
    lost.push({ version: version?.S ?? '', reason: reason?.S ?? '', at: recordedAt?.S ?? '' });
  }
  return lost;
}
