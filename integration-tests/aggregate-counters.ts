import { DeleteItemCommand, type DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { counterKey, SLICES } from '../shared/sinks/aggregates/layout.ts';

/** The counters of a country, in the first generation, as they stand in the table. */
export function countersOf(country: string, dynamodb: DynamoDBClient) {
  const group = { kind: 'value', value: country } as const;
  const keys = Array.from({ length: SLICES }, (_, slice) =>
    counterKey({ total: 'users-by-country', group }, { slice, generation: 1 }),
  );
  return {
    /** In every slice, as only a person can: nothing can be added to them. */
    async damage(): Promise<void> {
      for (const Key of keys) {
        await dynamodb.send(new PutItemCommand({ TableName: 'aggregates', Item: { ...Key, count: { S: 'many' } } }));
      }
    },
    async remove(): Promise<void> {
      for (const Key of keys) await dynamodb.send(new DeleteItemCommand({ TableName: 'aggregates', Key }));
    },
    async count(): Promise<number> {
      let count = 0;
      for (const { slice } of keys) {
        const { Items = [] } = await dynamodb.send(
          new QueryCommand({
            TableName: 'aggregates',
            ConsistentRead: true,
            KeyConditionExpression: '#slice = :slice AND #group = :group',
            ExpressionAttributeNames: { '#slice': 'slice', '#group': 'group' },
            ExpressionAttributeValues: { ':slice': slice ?? { S: '' }, ':group': { S: country } },
          }),
        );
        count += Items.reduce((sum, item) => sum + Number(item.count?.N ?? 0), 0);
      }
      return count;
    },
  };
}
