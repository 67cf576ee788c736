import { CreateTableCommand, type DynamoDBClient, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';

/**
 * Creates a table of items with an `id`, with a stream of both images. Answers the stream's ARN.
 *
 * @param expires the attribute that says when an item does; without it none expires
 */
export async function createStreamedTable(
  client: DynamoDBClient,
  { TableName, expires }: { readonly TableName: string; readonly expires?: string },
): Promise<string> {
  const { TableDescription } = await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
  if (expires !== undefined) {
    const TimeToLiveSpecification = { Enabled: true, AttributeName: expires };
    await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
  }
  return TableDescription?.LatestStreamArn ?? '';
}
