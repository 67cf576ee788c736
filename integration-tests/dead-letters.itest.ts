import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countersOf } from './aggregate-counters.ts';
import { type QuietLaptop, startQuietLaptop } from './quiet-laptop.ts';

interface Failure {
  readonly key: string;
  readonly region: string;
  readonly consumer: string;
  readonly state: string;
}

const cleanup = new AsyncDisposableStack();
const secret = 'ada.lovelace@personal.example';
let laptop: QuietLaptop;
let dynamodb: DynamoDBClient;

beforeAll(async () => {
  laptop = await startQuietLaptop(cleanup);
  dynamodb = laptop.dynamodb;
});

afterAll(() => cleanup.disposeAsync());

const tributary = (...args: readonly string[]) => laptop.tributary(...args);

async function failures(...args: string[]): Promise<readonly Failure[]> {
  const { out } = await tributary('dead-letters', 'list', '--json', ...args);
  return (JSON.parse(out) as { failures: readonly Failure[] }).failures;
}

async function putUser(id: string, more: Record<string, { S: string } | { N: string }> = {}): Promise<void> {
  const Item = { id: { S: id }, email: { S: secret }, name: { S: 'Ada Lovelace' }, ...more };
  await dynamodb.send(new PutItemCommand({ TableName: 'users', Item }));
}

// Each of its commands is a process of its own, which takes seconds on a busy machine.
describe('tributary dead-letters', { timeout: 180_000 }, () => {
  it('finds what aggregates could not count, and counts it once when the cause is mended', async () => {
    const mine = ['--consumer', 'aggregates', '--region', 'eu-west-1'];
    const counters = countersOf('XX', dynamodb);
    await counters.damage();
    await putUser('counted-once', { country: { S: 'XX' } });
    await expect.poll(async () => (await failures(...mine)).length).toBeGreaterThan(0);
    // Its second change, the stamp, adds nothing: one letter is all.
    const [letter, ...others] = await failures(...mine);
    expect(others).toEqual([]);

    const stillDamaged = await tributary('dead-letters', 'redrive', ...mine);
    expect(stillDamaged).toMatchObject({ code: 1, error: '' });
    expect(stillDamaged.out).toContain('refused again');

    await counters.remove();
    const dry = await tributary('dead-letters', 'redrive', ...mine, '--dry-run');
    expect(dry.out).toMatch(/aggregates +users-by-country#\d \/ XX +count none -> 1/);
    expect(await counters.count()).toBe(0);
    expect(await tributary('dead-letters', 'redrive', ...mine)).toMatchObject({ code: 0, error: '' });
    expect(await counters.count()).toBe(1);

    expect(await failures(...mine)).toEqual([]);
    expect(await failures(...mine, '--state', 'redriven')).toMatchObject([{ key: letter?.key, state: 'redriven' }]);
    expect(await tributary('dead-letters', 'requeue', letter?.key ?? '')).toMatchObject({ code: 0 });
    expect((await tributary('dead-letters', 'redrive', ...mine)).out).toContain('had their effect already');
    expect(await counters.count()).toBe(1);
  });

  it('shows a record masked, and whole when asked to', async () => {
    await putUser('unreadable', { country: { N: '7' } });
    const mine = ['--consumer', 'search-index', '--region', 'eu-west-1'];
    await expect.poll(async () => (await failures(...mine)).length).toBeGreaterThan(0);
    const [letter] = await failures(...mine);
    const masked = await tributary('dead-letters', 'show', letter?.key ?? '');
    expect(masked.out).toContain('unreadable');
    expect(masked.out).not.toMatch(/lovelace/i);
    expect((await tributary('dead-letters', 'show', letter?.key ?? '', '--show-pii')).out).toContain(secret);
    expect((await tributary('dead-letters', 'list', '--json')).out).not.toMatch(/lovelace/i);
    expect(await tributary('dead-letters', 'discard', ...mine)).toMatchObject({ code: 0 });
    expect(await failures(...mine)).toEqual([]);
  });

  it.each([
    { args: ['redrive'], says: 'Say which' },
    { args: ['list', '--consumer', 'nobody'], says: 'There are aggregates, ' },
    { args: ['list', '--region', 'nowhere'], says: 'There are eu-west-1, us-east-1' },
    { args: ['list', '--since', 'yesterday'], says: 'write 2h for two hours ago' },
    { args: ['show', 'nothing'], says: 'dead-letters list' },
    { args: ['list', '--stage', 'nowhere'], says: 'There is no stage nowhere' },
  ])('answers $args with what to write instead', async ({ args, says }) => {
    const { code, out, error } = await tributary('dead-letters', ...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(error).toContain(says);
    expect(error.trim().split('\n')).toHaveLength(1);
  });
});
