import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, describe } from 'vitest';
import type { DynamoDbEngine } from '../../local/engines/dynamodb.ts';
import type { EngineProvider } from '../../local/engines/provider.ts';
import { dynamoDbClient } from '../../shared/services/dynamodb/client.ts';
import type { DynamoDb } from '../../shared/services/dynamodb/port.ts';
import { type KeyAttribute, type KeySchema, keyAttributes } from '../../shared/services/dynamodb/twin/key.ts';
import type { TwinTable } from '../../shared/services/dynamodb/twin/table.ts';
import { describeDynamoDbContract } from '../../shared/testing/dynamodb-contract.ts';
import { contractTables } from '../../shared/testing/dynamodb-contract-tables.ts';
import { provider, startDynamoDb } from '../provided-engines.ts';

let engine: DynamoDbEngine | undefined;

afterAll(() => engine?.stop());

const ofDynoxide = [
  // It fills the gap with nulls; AWS appends.
  'SET list_of[9] = :v with {":v":{"S":"end"}}',
  // It counts the second index after the first removal; AWS counts both before.
  'REMOVE list_of[0], list_of[1]',
  // It wants the partition key first; AWS takes either order.
  'sk = :a AND pk = :pk answers in the order of the numbers',
];
const ofDynamoDbLocal = [
  // It keeps the zero of 1.5 + 0.5 = 2.0; AWS trims.
  'SET n = n + :v with {":v":{"N":"0.5"}}',
  // It refuses the whole transaction as invalid; AWS cancels it and names the operation.
  'what an item cannot take cancels with the reason ValidationError',
];
const knownDifferences: Readonly<Record<EngineProvider, readonly string[]>> = {
  embedded: ofDynoxide,
  processes: ofDynamoDbLocal,
  containers: ofDynamoDbLocal,
};

describe(`DynamoDB, ${provider}, keeps the contract`, () => {
  describeDynamoDbContract({ open, knownDifferences: knownDifferences[provider] });
});

async function open(): Promise<DynamoDb> {
  engine = await startDynamoDb();
  const client = new DynamoDBClient({
    endpoint: engine.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  for (const table of contractTables) await createTable(client, table);
  return dynamoDbClient(client);
}

async function createTable(client: DynamoDBClient, table: TwinTable): Promise<void> {
  const indexes = table.globalIndexes ?? [];
  const attributes = new Map(
    [table, ...indexes].flatMap(keyAttributes).map(({ name, type }: KeyAttribute) => [name, type]),
  );
  await client.send(
    new CreateTableCommand({
      TableName: table.name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [...attributes].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
      KeySchema: keySchema(table),
      ...(indexes.length === 0
        ? {}
        : {
            GlobalSecondaryIndexes: indexes.map((index) => ({
              IndexName: index.name,
              KeySchema: keySchema(index),
              Projection: { ProjectionType: 'ALL' as const },
            })),
          }),
    }),
  );
}

function keySchema(schema: KeySchema) {
  return keyAttributes(schema).map(({ name }, index) => ({
    AttributeName: name,
    KeyType: index === 0 ? ('HASH' as const) : ('RANGE' as const),
  }));
}
