import { allRows } from '../services/dynamodb/all-rows.ts';
import { suppressionTable } from '../sinks/email-ledger/resources.ts';
import type { PlannedChange } from './dry-run/planned-change.ts';
import { userOfTable } from './resource-users.ts';
import { OperatorError, type Target } from './target.ts';

/** An address that nothing is sent to any more. */
export interface SuppressedAddress {
  readonly region: string;
  readonly address: string;
  /** `bounced` or `complained`. */
  readonly reason: string;
}

/** By region and address. */
export async function listSuppressed(target: Target): Promise<readonly SuppressedAddress[]> {
  const found: SuppressedAddress[] = [];
  for (const region of target.regions) {
    const user = userOfTable(region, suppressionTable);
    if (user === undefined) continue;
    const { connections, tableName: TableName } = user;
    for await (const { address, reason } of allRows((start) => connections.dynamodb.scan({ TableName, ...start }))) {
      found.push({ region: region.name, address: address?.S ?? '', reason: reason?.S ?? '' });
    }
  }
  return found.toSorted((a, b) => `${a.region} ${a.address}`.localeCompare(`${b.region} ${b.address}`));
}

/**
 * Lets mails be sent to an address again. What was not sent to it stays as it is.
 *
 * @throws {OperatorError} when the address is not suppressed
 */
export async function unsuppress(
  target: Target,
  options: { readonly address: string; readonly dryRun: boolean },
): Promise<readonly PlannedChange[]> {
  const address = options.address.toLowerCase();
  const listed = (await listSuppressed(target)).filter((each) => each.address === address);
  if (listed.length === 0) throw new OperatorError('That address is not suppressed.');
  for (const region of options.dryRun ? [] : target.regions) {
    const user = userOfTable(region, suppressionTable);
    await user?.connections.dynamodb.deleteItem({ TableName: user.tableName, Key: { address: { S: address } } });
  }
  return listed.map(({ region }) => ({ region, service: 'dynamodb', action: 'remove', target: suppressionTable.name }));
}
