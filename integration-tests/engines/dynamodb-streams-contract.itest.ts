import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { afterAll, beforeAll, it } from 'vitest';
import type { DynamoDbEngine } from '../../local/engines/dynamodb.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { tableStream } from '../../shared/services/dynamodb-streams/client.ts';
import { describeTableStreamContract } from '../../shared/testing/table-stream-contract.ts';
import { expectLoopbackOnly } from '../loopback.ts';
import { provider, startDynamoDb } from '../provided-engines.ts';
import { createStreamedTable } from '../streamed-table.ts';

let engine: DynamoDbEngine | undefined;
let dynamodb: DynamoDBClient;
let streams: DynamoDBStreamsClient;
let tables = 0;

beforeAll(async () => {
  engine = await startDynamoDb();
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const place = { endpoint: engine.url, region: 'eu-west-1', credentials };
  dynamodb = new DynamoDBClient(place);
  streams = new DynamoDBStreamsClient(place);
});

afterAll(async () => {
  dynamodb?.destroy();
  streams?.destroy();
  await engine?.stop();
});

it(`DynamoDB, ${provider}, listens on loopback only`, () => expectLoopbackOnly(engine?.url ?? ''));

describeTableStreamContract(`client of the stream on DynamoDB, ${provider}`, async () => {
  tables += 1;
  const TableName = `streamed-${tables}`;
  await createStreamedTable(dynamodb, { TableName });
  return {
    stream: tableStream({ dynamodb, streams, tableName: TableName, clock: systemClock }),
    put: async (id, n) => {
      await dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: id }, n: { N: String(n) } } }));
    },
  };
});
