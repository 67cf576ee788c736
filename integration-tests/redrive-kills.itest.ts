import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { names } from '../local/pipeline/names.ts';
import type { StoredDeadLetter } from '../shared/runtime/dead-letters.ts';
import { s3ObjectStore } from '../shared/services/s3/client.ts';
import type { ObjectStore } from '../shared/services/s3/port.ts';
import { countersOf } from './aggregate-counters.ts';
import { type QuietLaptop, startQuietLaptop } from './quiet-laptop.ts';
import { type KillPoint, watchedCommands } from './watched-redrive.ts';

/** Each of its commands is a process of its own, which takes seconds on a busy machine. */
const patienceMs = 300_000;
const mine = ['--consumer', 'aggregates', '--region', 'eu-west-1'];
const users = 6;
const cleanup = new AsyncDisposableStack();
let quiet: QuietLaptop;
let failures: ObjectStore;
let killed: Awaited<ReturnType<typeof watchedCommands>>['killed'];

beforeAll(async () => {
  quiet = await startQuietLaptop(cleanup);
  ({ killed } = await watchedCommands(quiet.laptop, cleanup));
  const { out } = await quiet.tributary('env');
  const endpoint = /AWS_ENDPOINT_URL_S3=(\S+)/.exec(out)?.[1] ?? '';
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new S3Client({ endpoint, region: 'eu-west-1', credentials, forcePathStyle: true });
  cleanup.defer(async () => client.destroy());
  failures = s3ObjectStore(client, names.bucket);
}, patienceMs);

afterAll(() => cleanup.disposeAsync());

/** Users of a country whose counters take nothing, until they do again: their changes are dead letters by then. */
async function giveUpOn(country: string): Promise<readonly StoredDeadLetter[]> {
  const counters = countersOf(country, quiet.dynamodb);
  await counters.damage();
  for (let at = 0; at < users; at += 1) {
    const id = `${country}-${at}`;
    const Item = { id: { S: id }, email: { S: `${id}@example.com` }, country: { S: country } };
    await quiet.dynamodb.send(new PutItemCommand({ TableName: 'users', Item }));
  }
  await expect.poll(async () => (await lettersOf(country)).length, { timeout: patienceMs, interval: 250 }).toBe(users);
  await counters.remove();
  return lettersOf(country);
}

async function lettersOf(country: string): Promise<readonly StoredDeadLetter[]> {
  const keys = await failures.list('dead-letters/aggregates/');
  const letters = await Promise.all(
    keys.map(async (key) => JSON.parse((await failures.get(key)) ?? '{}') as StoredDeadLetter),
  );
  return letters.filter(({ record }) => JSON.stringify(record).includes(`"${country}-`));
}

/** As Lambda keeps what a mapping gave up on. */
async function failureObjectOf(letters: readonly StoredDeadLetter[]): Promise<void> {
  const { shardId } = letters[0]?.position ?? {};
  const body = JSON.stringify({
    requestContext: {
      functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:aggregates',
      condition: 'EventAgeExceeded',
    },
    timestamp: new Date().toISOString(),
    DDBStreamBatchInfo: { shardId, batchSize: letters.length },
    payload: JSON.stringify({ Records: letters.map(({ record }) => record) }),
  });
  await failures.put({ key: 'aws/lambda/aggregates/batch', body, contentType: 'application/json' });
}

async function pending(scope: string): Promise<number> {
  const { out } = await quiet.tributary('dead-letters', 'list', '--json', '--scope', scope, ...mine);
  return (JSON.parse(out) as { failures: readonly unknown[] }).failures.length;
}

/** Effects come before marks, so a count of either says in the middle of what it dies. */
const whileCounting: readonly (KillPoint & { readonly counted: number })[] = [
  { service: 'dynamodb', afterWrites: 0, inTheNext: true, counted: 0 },
  { service: 'dynamodb', afterWrites: 1, counted: 1 },
  { service: 'dynamodb', afterWrites: 2, inTheNext: true, counted: 3 },
  { service: 's3', afterWrites: 0, inTheNext: true, counted: users },
];

describe('a redrive that is killed in its middle and started again', { timeout: patienceMs }, () => {
  it('of dead letters: counts each record once, and ends with none left', async () => {
    const counters = countersOf('XX', quiet.dynamodb);
    await giveUpOn('XX');
    const redrive = ['dead-letters', 'redrive', ...mine];
    for (const { counted, ...point } of whileCounting) {
      await killed(point, redrive);
      expect(await counters.count(), JSON.stringify(point)).toBe(counted);
    }
    for (const afterWrites of [1, 2]) await killed({ service: 's3', afterWrites }, redrive);
    expect(await pending('record')).toBe(users - 3);
    expect(await quiet.tributary(...redrive)).toMatchObject({ code: 0, error: '' });
    expect(await pending('record')).toBe(0);
    expect(await counters.count()).toBe(users);
  });

  it('of a failure object: counts each record once, also when they are redriven as dead letters later', async () => {
    const counters = countersOf('YY', quiet.dynamodb);
    await failureObjectOf(await giveUpOn('YY'));
    const redrive = ['dead-letters', 'redrive', '--scope', 'batch', ...mine];
    for (const { counted, ...point } of whileCounting) {
      await killed(point, redrive);
      expect(await counters.count(), JSON.stringify(point)).toBe(counted);
    }
    expect(await pending('batch')).toBe(1);
    await killed({ service: 's3', afterWrites: 1 }, redrive);
    expect(await quiet.tributary(...redrive)).toMatchObject({ code: 0, error: '' });
    expect(await pending('batch')).toBe(0);
    expect(await counters.count()).toBe(users);
    expect(await quiet.tributary('dead-letters', 'redrive', ...mine)).toMatchObject({ code: 0, error: '' });
    expect(await counters.count()).toBe(users);
  });
});
