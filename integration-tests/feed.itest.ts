import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Client } from '@opensearch-project/opensearch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { table } from '../functions/table.ts';
import { searchIndexFor } from '../shared/sinks/search-index/resources.ts';
import { type QuietLaptop, startQuietLaptop } from './quiet-laptop.ts';

const cleanup = new AsyncDisposableStack();
const secrets = ['ada@marked.example', 'Marked Ada'];
const { index, alias, aliasFilter, mappings } = searchIndexFor(table);
let laptop: QuietLaptop;
let readers: Client;
let folder: string;

const tributary = (...args: readonly string[]) => laptop.tributary(...args);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feed-itest-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  laptop = await startQuietLaptop(cleanup);
  const { dynamodb } = laptop;
  readers = laptop.search;
  const [email = '', name = ''] = secrets;
  const Item = { id: { S: 'ada' }, email: { S: email }, name: { S: name }, country: { S: 'GB' } };
  await dynamodb.send(new PutItemCommand({ TableName: 'users', Item }));
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: 'users',
      Key: { id: { S: 'ada' } },
      UpdateExpression: 'SET country = :country',
      ExpressionAttributeValues: { ':country': { S: 'FR' } },
    }),
  );
}, 240_000);

afterAll(() => cleanup.disposeAsync());

async function shownCountry(): Promise<unknown> {
  const found = await readers.search({ index: alias, body: { query: { term: { id: 'ada' } } } });
  return Object(found.body.hits.hits[0]?._source).country;
}

function expectNothingPersonal(text: string): void {
  for (const secret of secrets) expect(text).not.toContain(secret);
}

describe('what is in Kinesis', { timeout: 240_000 }, () => {
  it('is told as it comes, masked', async () => {
    await expect.poll(shownCountry, { interval: 200 }).toBe('FR');
    const { code, out } = await tributary('tail', '--since', '1h', '--region', 'eu-west-1', '--records', '2');
    expect(code).toBe(0);
    expect(out).toMatch(/insert +\[\["id",\{"S":"ada"\}\]\].*country: GB[\s\S]*modify.*country: GB -> FR/);
    expectNothingPersonal(out);
    const filtered = ['--where', 'country=FR', '--op', 'modify', '--json', '--records', '1', '--region', 'eu-west-1'];
    const told = await tributary('tail', '--since', 'trim-horizon', ...filtered);
    expect(JSON.parse(told.out)).toMatchObject({ op: 'modify', keys: { id: { S: 'ada' } } });
    expectNothingPersonal(told.out);
  });

  it('is captured masked, replays like what was recorded, and compares with results and with other code', async () => {
    const captured = join(folder, 'masked');
    const options = ['--since', '1h', '--for', '3s', '--region', 'eu-west-1', '--consumer', 'search-index'];
    expect(await tributary('capture', ...options, '--out', captured)).toMatchObject({ code: 0 });
    const [name = ''] = await readdir(captured);
    const file = join(captured, name);
    const text = await readFile(file, 'utf8');
    expect(JSON.parse(text.split('\n')[0] ?? '')).toMatchObject({ mapping: 'search-index', redaction: 'masked' });
    for (const line of text.trim().split('\n').slice(1)) {
      expectNothingPersonal(Buffer.from(JSON.parse(line).record.kinesis.data, 'base64').toString('utf8'));
    }
    const replayed = await tributary('replay', file, '--json');
    expect(JSON.parse(replayed.out).effects).toMatchObject([{ kind: 'document', document: { country: 'FR' } }]);
    const result = join(folder, 'result.json');
    await writeFile(result, replayed.out);
    expect(await tributary('replay', file, '--compare', result)).toMatchObject({ code: 0 });
    const first = JSON.parse(text.split('\n')[1] ?? '').record.kinesis.sequenceNumber;
    const cut = await tributary('replay', file, '--until', first, '--compare', result);
    expect(cut).toMatchObject({ code: 1, out: expect.stringMatching(/- .*"country":"FR"[\s\S]*\+ .*"country":"GB"/) });
    expect(await tributary('replay', file, '--apply')).toMatchObject({
      code: 2,
      error: expect.stringContaining('is masked'),
    });
    if (!isRepository()) return;
    expect(await tributary('replay', file, '--compare', 'HEAD')).toMatchObject({ code: 0, error: '' });
  });

  it('is applied to the real services, never over newer state', async () => {
    const captured = join(folder, 'whole');
    const options = ['--since', '1h', '--for', '3s', '--region', 'eu-west-1', '--show-pii'];
    await tributary('capture', ...options, '--out', captured);
    const [name = ''] = await readdir(captured);
    const args = ['replay', join(captured, name), '--consumer', 'search-index', '--apply'];
    const stale = await tributary(...args);
    expect(stale).toMatchObject({ code: 0, out: expect.stringMatching(/had their effect already|older than/) });
    await emptyIndex();
    const planned = await tributary(...args, '--dry-run');
    expect(planned.out).toMatch(/opensearch +index +users-v1 +ada/);
    expect(await shownCountry()).toBeUndefined();
    expect(await tributary(...args)).toMatchObject({ code: 0, out: expect.stringContaining('brought in') });
    expect(await shownCountry()).toBe('FR');
  });

  it('is taken again by a consumer that is moved back', async () => {
    await emptyIndex();
    const rewound = await tributary('rewind', 'search-index', '--to', 'trim-horizon', '--region', 'eu-west-1');
    expect(rewound).toMatchObject({ code: 0, out: 'eu-west-1 search-index: from TRIM_HORIZON\n' });
    await expect.poll(shownCountry, { interval: 200 }).toBe('FR');
    await emptyIndex();
    expect(await tributary('rewind', 'search-index', '--to', '1h', '--region', 'eu-west-1')).toMatchObject({ code: 0 });
    await expect.poll(shownCountry, { interval: 200 }).toBe('FR');
    const behind = async () => {
      const { out } = await tributary('status', '--json');
      const { consumers }: { consumers: { region: string; consumer: string; behind: number }[] } = JSON.parse(out);
      return consumers.find((each) => each.region === 'eu-west-1' && each.consumer === 'search-index')?.behind;
    };
    await expect.poll(behind, { interval: 500 }).toBe(0);
    expect(await tributary('rewind', 'aggregates', '--to', '1h')).toMatchObject({
      code: 2,
      error: expect.stringContaining('backfill'),
    });
  });
});

/** As after a loss of the domain's data. */
async function emptyIndex(): Promise<void> {
  await readers.indices.delete({ index });
  await readers.indices.create({ index, body: { mappings, aliases: { [alias]: { filter: aliasFilter } } } });
}

function isRepository(): boolean {
  try {
    execFileSync('git', ['rev-parse', 'HEAD'], { cwd: join(import.meta.dirname, '..'), stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
