import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTableStream } from '../local/demo/checkers/read-streams.ts';
import { readTable } from '../local/demo/checkers/read-tables.ts';
import { plainWrite } from '../local/demo/plain-write.ts';
import { sendInOrder } from '../local/demo/send-in-order.ts';
import { planWorkload, type Step } from '../local/demo/workload.ts';
import { type DynamoDbEngine, startDynamoDb } from '../local/engines/dynamodb.ts';
import { createPortAllocator } from '../local/engines/ports.ts';
import { createStreamedTable } from './streamed-table.ts';

let engine: DynamoDbEngine;
let client: DynamoDBClient;
let streams: DynamoDBStreamsClient;

beforeAll(async () => {
  const ports = createPortAllocator();
  engine = await startDynamoDb({ port: await ports.take(0), sweepPort: await ports.take(0) });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new DynamoDBClient({ endpoint: engine.url, region: 'eu-west-1', credentials });
  streams = new DynamoDBStreamsClient({ endpoint: engine.url, region: 'eu-west-1', credentials });
});

afterAll(async () => {
  client.destroy();
  streams.destroy();
  await engine.stop();
});

describe('the demo’s workload on the embedded DynamoDB', () => {
  it('leaves exactly the planned users and one stream record per write', async ({ signal }) => {
    const streamArn = await createStreamedTable(client, { TableName: 'users', expires: 'expiresAt' });
    const { steps, counts } = planWorkload({ users: 60, seed: 3, poison: true });
    const send = async (step: Step) => {
      for (const write of step) await plainWrite(client, write);
    };
    await sendInOrder({ steps, send, concurrency: 16, signal });
    expect(await engine.sweepExpiredItems()).toBe(counts.expiries);
    const users = await readTable(client, 'users');
    expect(users).toHaveLength(60 - counts.deletes + counts.reinserts - counts.expiries);
    const records = await readTableStream(streams, streamArn);
    expect(records).toHaveLength(counts.writes + counts.expiries);
    expect(records.filter(({ eventName }) => eventName === 'INSERT')).toHaveLength(60 + counts.reinserts);
  });
});
