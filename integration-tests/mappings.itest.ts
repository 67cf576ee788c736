import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type QuietLaptop, startQuietLaptop } from './quiet-laptop.ts';

interface Status {
  readonly region: string;
  readonly consumer: string;
  readonly state: string;
  readonly behind: number;
  readonly lagMs: number;
  readonly hoursUntilLoss?: number;
}

const cleanup = new AsyncDisposableStack();
let laptop: QuietLaptop;

beforeAll(async () => {
  laptop = await startQuietLaptop(cleanup);
});

afterAll(() => cleanup.disposeAsync());

const tributary = (...args: readonly string[]) => laptop.tributary(...args);

async function statusOf(consumer: string, region = 'eu-west-1'): Promise<Status | undefined> {
  const { out } = await tributary('status', '--json');
  const { consumers } = JSON.parse(out) as { consumers: readonly Status[] };
  return consumers.find((each) => each.consumer === consumer && each.region === region);
}

async function putUser(id: string): Promise<void> {
  const Item = { id: { S: id }, email: { S: `${id}@example.com` } };
  await laptop.dynamodb.send(new PutItemCommand({ TableName: 'users', Item }));
}

// Each of its commands is a process of its own, which takes seconds on a busy machine.
describe('tributary pause, resume and status', { timeout: 180_000 }, () => {
  it('a paused consumer falls behind while others go on, and catches up when it is resumed', async () => {
    expect(await tributary('pause', 'search-index', '--region', 'eu-west-1')).toMatchObject({
      code: 0,
      out: 'eu-west-1 search-index: running -> paused\n',
    });
    await putUser('while-paused');
    await expect
      .poll(() => statusOf('search-index'))
      .toMatchObject({ state: 'paused', behind: expect.toSatisfy((behind: number) => behind > 0) });
    const paused = await statusOf('search-index');
    expect(paused?.lagMs).toBeGreaterThan(0);
    expect(paused?.hoursUntilLoss).toBeLessThan(20);
    await expect.poll(() => statusOf('aggregates')).toMatchObject({ behind: 0 });
    expect(await statusOf('search-index', 'us-east-1')).toMatchObject({ state: 'running' });
    // Somebody has to know that a consumer rests; whoever would wait for it learns it at once.
    expect(await tributary('status')).toMatchObject({ code: 1 });
    for (const command of ['audit', 'backfill']) {
      expect(await tributary(command, '--consumer', 'search-index')).toEqual({
        ...{ code: 1, out: '' },
        error: expect.stringMatching(/^search-index in eu-west-1 is paused.*`npx tributary resume search-index`/m),
      });
    }

    expect(await tributary('resume', 'search-index')).toMatchObject({
      code: 0,
      out: 'eu-west-1 search-index: paused -> running\nus-east-1 search-index: running already\n',
    });
    await expect.poll(() => statusOf('search-index')).toMatchObject({ state: 'running', behind: 0, lagMs: 0 });
    // An alarm that the pause set off goes off a little later.
    await expect.poll(async () => (await tributary('status')).code, { timeout: 120_000, interval: 500 }).toBe(0);
  });

  it('a dry run pauses nothing', async () => {
    const dry = await tributary('pause', 'aggregates', '--dry-run');
    expect(dry.out).toContain('eu-west-1 aggregates: running -> paused');
    expect(await statusOf('aggregates')).toMatchObject({ state: 'running' });
  });

  it('answers a consumer that has no mapping with those that have one', async () => {
    const { code, out, error } = await tributary('pause', 'email-settler');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(error).toContain('There are aggregates in eu-west-1');
  });
});
