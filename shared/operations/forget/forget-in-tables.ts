import { readString } from '../../change/read-attribute.ts';
import { forgetRow, readForgotten } from '../../sinks/email-ledger/forget-row.ts';
import { ledgerTable, suppressionTable } from '../../sinks/email-ledger/resources.ts';
import { conflictsTable } from '../../sinks/replica/resources.ts';
import { lostVersionRows } from '../lost-versions.ts';
import { userOfTable } from '../resource-users.ts';
import type { ForgetIn } from './forget-in.ts';

interface Known {
  /** Where mails to the person went, lower case; the ledger may tell more. */
  readonly addresses: Set<string>;
  /** Whether there was an item: a mail may then be owed of which the ledger does not know yet. */
  readonly wasThere: boolean;
}

/** The ledger of mails, the addresses that bounced, and the versions that lost to another region's. */
export async function forgetInTables(place: ForgetIn, known: Known): Promise<void> {
  await forgetMail(place, known);
  await forgetAddresses(place, known);
  await forgetLostVersions(place);
}

async function forgetMail({ region, keys, table, change }: ForgetIn, { addresses, wasThere }: Known): Promise<void> {
  const ledger = userOfTable(region, ledgerTable);
  const id = table.partitionKey.type === 'S' ? readString(keys, table.partitionKey.name, 'keys') : undefined;
  if (ledger === undefined || id === undefined) return;
  const at = { dynamodb: ledger.connections.dynamodb, tableName: ledger.tableName };
  const { isNeeded, isThere, address } = await readForgotten(at, id);
  if (address !== undefined) addresses.add(address.toLowerCase());
  if (!isNeeded && (isThere || !wasThere)) return;
  if (change({ service: 'dynamodb', action: 'empty', target: at.tableName, key: id })) await forgetRow(at, id);
}

async function forgetAddresses({ region, change }: ForgetIn, { addresses }: Known): Promise<void> {
  const suppressed = userOfTable(region, suppressionTable);
  if (suppressed === undefined) return;
  const { dynamodb } = suppressed.connections;
  const { tableName: TableName } = suppressed;
  for (const address of addresses) {
    const Key = { address: { S: address } };
    const { Item } = await dynamodb.getItem({ TableName, Key, ConsistentRead: true });
    if (Item === undefined) continue;
    // The address itself is the key of the row: it is not told.
    if (change({ service: 'dynamodb', action: 'delete', target: TableName })) {
      await dynamodb.deleteItem({ TableName, Key });
    }
  }
}

async function forgetLostVersions({ region, keys, change }: ForgetIn): Promise<void> {
  const conflicts = userOfTable(region, conflictsTable);
  if (conflicts === undefined) return;
  const { dynamodb } = conflicts.connections;
  const { tableName: TableName } = conflicts;
  for await (const { item, version } of lostVersionRows(region, { keys, attributes: ['item', 'version'] })) {
    if (item === undefined || version === undefined) continue;
    if (change({ service: 'dynamodb', action: 'delete', target: TableName, key: `${item.S} / ${version.S}` })) {
      await dynamodb.deleteItem({ TableName, Key: { item, version } });
    }
  }
}
