import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { dynamoDbClient } from '../shared/services/dynamodb/client.ts';
import { readTotals } from '../shared/writer/read-totals.ts';
import { type QuietLaptop, startQuietLaptop } from './quiet-laptop.ts';
import { countries, plans, type SteadyWriter, steadyWriter } from './steady-writer.ts';

/** What is tested: one consumer in one region. */
export const tested = ['aggregates', 'eu-west-1'] as const;
const others = ['replicator', 'search-index', 'welcome-email', 'usage-analytics', 'archive'];

/** A laptop where the aggregates of one region have the machine to themselves, with users and somebody who writes. */
export interface LiveAggregates {
  readonly quiet: QuietLaptop;
  readonly writer: SteadyWriter;
  /** Groups whose numbers are not those of the table, without a line of what is tested. */
  differences(): Promise<readonly string[]>;
}

export async function startLiveAggregates(
  cleanup: AsyncDisposableStack,
  { users, writesPerS }: { readonly users: number; readonly writesPerS: number },
): Promise<LiveAggregates> {
  const quiet = await startQuietLaptop(cleanup);
  const { dynamodb: client, tributary } = quiet;
  await Promise.all(others.map(async (name) => expect(await tributary('pause', name)).toMatchObject({ code: 0 })));
  const ids = Array.from({ length: users }, (_, at) => `u${String(at).padStart(5, '0')}`);
  const writer = steadyWriter({ client, ids, writesPerS });
  cleanup.defer(() => writer.pause());
  await putUsers(client, ids);
  return { quiet, writer, differences: () => differences(client) };
}

async function putUsers(client: DynamoDBClient, ids: readonly string[]): Promise<void> {
  for (let first = 0; first < ids.length; first += 25) {
    const requests = ids.slice(first, first + 25).map((id, at) => ({
      PutRequest: {
        Item: {
          ...{ id: { S: id }, country: { S: countries[at % 5] ?? '' }, balance: { N: String(at) } },
          plan: { S: plans[at % 2] ?? '' },
        },
      },
    }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { users: requests } }));
  }
}

async function differences(client: DynamoDBClient): Promise<readonly string[]> {
  const users = await scan(client, 'users');
  const found: string[] = [];
  for (const [total, attribute] of [
    ['users-by-country', 'country'],
    ['users-by-plan', 'plan'],
  ] as const) {
    const expected = new Map<string, { count: number; sum: number }>();
    for (const { [attribute]: value, balance } of users) {
      if (value?.S === undefined) continue;
      const { count, sum } = expected.get(value.S) ?? { count: 0, sum: 0 };
      expected.set(value.S, { count: count + 1, sum: sum + Number(balance?.N ?? 0) });
    }
    const counted = await readTotals(dynamoDbClient(client), { tableName: 'aggregates', total });
    const texts = new Map([...expected].map(([group, { count, sum }]) => [group, `${count}, ${sum}`]));
    for (const { group, count, sum } of counted) {
      const name = group.kind === 'value' ? group.value : '(invalid)';
      if (texts.get(name) !== `${count}, ${sum}`)
        found.push(`${total} ${name}: ${count}, ${sum}, not ${texts.get(name)}`);
      texts.delete(name);
    }
    found.push(...[...texts].map(([name, text]) => `${total} ${name}: nothing, not ${text}`));
  }
  return found;
}

/** All rows of a table, as they are now. */
export async function scan(client: DynamoDBClient, TableName: string): Promise<Record<string, AttributeValue>[]> {
  const rows: Record<string, AttributeValue>[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true })) rows.push(...Items);
  return rows;
}
