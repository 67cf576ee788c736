import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  paginateListTables,
  paginateScan,
} from '@aws-sdk/client-dynamodb';

/**
 * Deletes what has expired in all tables of a DynamoDB Local, now: its own job looks at a few items every ten seconds
 * and needs a quarter of an hour for some thousand. Such a deletion is one of ours: it bears no `userIdentity`.
 * Resolves with the number of items.
 */
export async function deleteExpired(endpoint: string): Promise<number> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'eu-west-1', credentials });
  try {
    let deleted = 0;
    for await (const { TableNames = [] } of paginateListTables({ client }, {})) {
      for (const TableName of TableNames) deleted += await deleteExpiredOf(client, TableName);
    }
    return deleted;
  } finally {
    client.destroy();
  }
}

async function deleteExpiredOf(client: DynamoDBClient, TableName: string): Promise<number> {
  const { TimeToLiveDescription: described } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  if (described?.AttributeName === undefined) return 0;
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  const keyNames = (Table?.KeySchema ?? []).map(({ AttributeName = '' }) => AttributeName);
  const expired = {
    ExpressionAttributeNames: { '#expires': described.AttributeName },
    ExpressionAttributeValues: { ':now': { N: String(Math.floor(Date.now() / 1000)) } },
  };
  let deleted = 0;
  const scan = { TableName, ConsistentRead: true, FilterExpression: '#expires < :now', ...expired };
  for await (const { Items = [] } of paginateScan({ client }, scan)) {
    for (const item of Items) {
      const Key = Object.fromEntries(Object.entries(item).filter(([name]) => keyNames.includes(name)));
      try {
        await client.send(
          new DeleteItemCommand({ TableName, Key, ConditionExpression: '#expires < :now', ...expired }),
        );
        deleted += 1;
      } catch (error) {
        // The engine's own job was faster, or the item has been given more time.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    }
  }
  return deleted;
}
