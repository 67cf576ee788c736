import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Laptop, startLaptop } from './laptop-process.ts';

const cleanup = new AsyncDisposableStack();
let laptop: Laptop;
let dynamodb: DynamoDBClient;

beforeAll(async () => {
  laptop = await startLaptop(cleanup, { args: ['--no-traffic'] });
  await laptop.consoleUrl();
  const { out } = await laptop.run(['cli/main.ts', 'env']);
  dynamodb = new DynamoDBClient({
    ...{ endpoint: /AWS_ENDPOINT_URL_DYNAMODB=(\S+)/.exec(out)?.[1] ?? '', region: 'eu-west-1' },
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  cleanup.defer(async () => dynamodb.destroy());
});

afterAll(() => cleanup.disposeAsync());

async function explained(key: string): Promise<string> {
  const { code, out, error } = await laptop.run(['cli/main.ts', 'explain', key]);
  expect({ code, error }).toEqual({ code: 0, error: '' });
  return out;
}

describe('tributary explain', { timeout: 120_000 }, () => {
  it('shows a user who was welcomed, indexed, counted, copied and archived, without personal data', async () => {
    const Item = { id: { S: 'ada' }, email: { S: 'ada@personal.example' }, country: { S: 'GB' } };
    await dynamodb.send(new PutItemCommand({ TableName: 'users', Item }));
    await expect
      .poll(() => explained('ada'), { timeout: 20_000, interval: 500 })
      .toMatch(/email +delivered, 1 attempts/);
    await expect.poll(() => explained('ada'), { timeout: 20_000, interval: 500 }).toMatch(/change +\S+ +modify/);
    const answer = await explained('ada');
    expect(answer).not.toContain('personal.example');
    expect(answer).toContain('Nothing is wrong with it.');
    expect(answer).toMatch(/eu-west-1\n +item +live[\s\S]+us-east-1\n +item +live/);
    expect(answer).toContain('counts in  users-by-country GB');
    expect(answer).toMatch(/document +current/);
  });

  it('says why a user got no email, and what to do', async () => {
    await dynamodb.send(new PutItemCommand({ TableName: 'users', Item: { id: { S: 'no-address' } } }));
    await expect
      .poll(() => explained('no-address'), { timeout: 20_000, interval: 500 })
      .toMatch(/welcome-email gave up on a change of it \(invalid-attribute: .*newImage\.email.*dead-letters redrive/);
  });
});
