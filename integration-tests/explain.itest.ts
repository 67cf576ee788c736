import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type QuietLaptop, startQuietLaptop } from './quiet-laptop.ts';

const cleanup = new AsyncDisposableStack();
let laptop: QuietLaptop;

beforeAll(async () => {
  laptop = await startQuietLaptop(cleanup);
});

afterAll(() => cleanup.disposeAsync());

async function explained(key: string): Promise<string> {
  const { code, out, error } = await laptop.tributary('explain', key);
  expect({ code, error }).toEqual({ code: 0, error: '' });
  return out;
}

describe('tributary explain', { timeout: 120_000 }, () => {
  it('shows a user who was welcomed, indexed, counted, copied and archived, without personal data', async () => {
    const Item = { id: { S: 'ada' }, email: { S: 'ada@personal.example' }, country: { S: 'GB' } };
    await laptop.dynamodb.send(new PutItemCommand({ TableName: 'users', Item }));
    await expect.poll(() => explained('ada'), { interval: 500 }).toMatch(/email +delivered, 1 attempts/);
    await expect.poll(() => explained('ada'), { interval: 500 }).toMatch(/change +\S+ +modify/);
    const answer = await explained('ada');
    expect(answer).not.toContain('personal.example');
    expect(answer).toContain('Nothing is wrong with it.');
    expect(answer).toMatch(/eu-west-1\n +item +live[\s\S]+us-east-1\n +item +live/);
    expect(answer).toContain('counts in  users-by-country GB');
    expect(answer).toMatch(/document +current/);
  });

  it('says why a user got no email, and what to do', async () => {
    await laptop.dynamodb.send(new PutItemCommand({ TableName: 'users', Item: { id: { S: 'no-address' } } }));
    await expect
      .poll(() => explained('no-address'), { interval: 500 })
      .toMatch(/welcome-email gave up on a change of it \(invalid-attribute: .*newImage\.email.*dead-letters redrive/);
  });
});
