import { setTimeout as delay } from 'node:timers/promises';
import { DescribeTimeToLiveCommand, DynamoDBClient, paginateListTables, paginateScan } from '@aws-sdk/client-dynamodb';

const pollMs = 250;
/** Without one item less in this time, its job is not running. */
const patienceMs = 60_000;

/**
 * DynamoDB Local deletes what has expired by itself, about twenty items of a table every ten seconds. Resolves once
 * nothing is left that had expired, with the number of items that were waited for.
 *
 * @throws {Error} when no item was deleted within a minute
 */
export async function sweepByWaiting(endpoint: string): Promise<number> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'eu-west-1', credentials });
  try {
    const tables = await expiringTables(client);
    const first = await countExpired(client, tables);
    let least = first;
    let giveUpAtMs = performance.now() + patienceMs;
    while (least > 0) {
      await delay(pollMs);
      const left = await countExpired(client, tables);
      if (left < least) giveUpAtMs = performance.now() + patienceMs;
      least = Math.min(least, left);
      if (performance.now() > giveUpAtMs) throw new Error(`DynamoDB Local does not delete ${left} expired items.`);
    }
    return first;
  } finally {
    client.destroy();
  }
}

interface ExpiringTable {
  readonly TableName: string;
  readonly attribute: string;
}

async function expiringTables(client: DynamoDBClient): Promise<readonly ExpiringTable[]> {
  const expiring: ExpiringTable[] = [];
  for await (const { TableNames = [] } of paginateListTables({ client }, {})) {
    for (const TableName of TableNames) {
      const { TimeToLiveDescription: described } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
      if (described?.AttributeName !== undefined) expiring.push({ TableName, attribute: described.AttributeName });
    }
  }
  return expiring;
}

async function countExpired(client: DynamoDBClient, tables: readonly ExpiringTable[]): Promise<number> {
  const nowSeconds = String(Math.floor(Date.now() / 1000));
  let count = 0;
  for (const { TableName, attribute } of tables) {
    const scan = {
      TableName,
      ConsistentRead: true,
      Select: 'COUNT' as const,
      FilterExpression: '#expires < :now',
      ExpressionAttributeNames: { '#expires': attribute },
      ExpressionAttributeValues: { ':now': { N: nowSeconds } },
    };
    for await (const page of paginateScan({ client }, scan)) count += page.Count ?? 0;
  }
  return count;
}
