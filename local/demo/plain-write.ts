/** One write with the plain SDK client, as an application makes it that knows of no stamps. */
import { DeleteItemCommand, type DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { table } from '../../functions/table.ts';
import type { Write } from './workload.ts';

export async function plainWrite(client: DynamoDBClient, write: Write): Promise<void> {
  const TableName = table.name;
  switch (write.kind) {
    case 'put':
      await client.send(new PutItemCommand({ TableName, Item: write.item }));
      return;
    case 'update':
      await client.send(new UpdateItemCommand({ TableName, ...toUpdate(write) }));
      return;
    case 'delete':
      await client.send(new DeleteItemCommand({ TableName, Key: { id: { S: write.id } } }));
  }
}

/** The condition turns a mistake in the order of a user's writes into an error instead of a half-filled item. */
function toUpdate(write: Extract<Write, { kind: 'update' }>) {
  const names = Object.keys(write.set);
  return {
    Key: { id: { S: write.id } },
    UpdateExpression: `SET ${names.map((_, at) => `#a${at} = :v${at}`).join(', ')}`,
    ConditionExpression: 'attribute_exists(id)',
    ExpressionAttributeNames: Object.fromEntries(names.map((name, at) => [`#a${at}`, name])),
    ExpressionAttributeValues: Object.fromEntries(Object.values(write.set).map((value, at) => [`:v${at}`, value])),
  };
}
