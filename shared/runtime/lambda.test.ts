import { afterEach, expect, it, vi } from 'vitest';
import { dynamoDbTwin } from '../services/dynamodb/twin/dynamodb-twin.ts';
import type { FunctionDefinition } from './consumer-definition.ts';
import { lambda } from './lambda.ts';

const definition: FunctionDefinition = {
  name: 'probe',
  summary: 'A function for tests.',
  timeoutS: 60,
  memoryMb: 512,
  uses: [],
};
const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 60_000 };

afterEach(() => {
  vi.unstubAllEnvs();
});

function probe() {
  const connected: string[] = [];
  const handler = lambda({
    definition,
    connect: {
      dynamodb: ({ stage }) => {
        connected.push(stage);
        return dynamoDbTwin({ tables: [] });
      },
    },
    create: () => async (event) => event,
  });
  return { handler, connected };
}

function setEnvironment() {
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('TRIBUTARY_STAGE', 'test');
  vi.stubEnv('DEAD_LETTER_BUCKET', 'failures');
  vi.stubEnv('DEAD_LETTER_QUEUE_URL', 'http://127.0.0.1/notices');
}

it('connects at the first invocation, once', async () => {
  setEnvironment();
  const { handler, connected } = probe();
  expect(connected).toEqual([]);
  expect(await handler('first', context)).toBe('first');
  expect(await handler('second', context)).toBe('second');
  expect(connected).toEqual(['test']);
});

it('fails every invocation by what is missing, until the environment is put right', async () => {
  setEnvironment();
  vi.stubEnv('DEAD_LETTER_BUCKET', '');
  const { handler } = probe();
  await expect(handler({}, context)).rejects.toThrow(/DEAD_LETTER_BUCKET is not set/);
  await expect(handler({}, context)).rejects.toThrow(/DEAD_LETTER_BUCKET is not set/);
  vi.stubEnv('DEAD_LETTER_BUCKET', 'failures');
  expect(await handler('now', context)).toBe('now');
});
