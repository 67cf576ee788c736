import { setTimeout as delay } from 'node:timers/promises';
import { DeleteItemCommand, type DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Client } from '@opensearch-project/opensearch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type QuietLaptop, startQuietLaptop } from './quiet-laptop.ts';

const cleanup = new AsyncDisposableStack();
const userCount = 600;
let quiet: QuietLaptop;
let dynamodb: DynamoDBClient;
let readers: Client;

beforeAll(async () => {
  quiet = await startQuietLaptop(cleanup);
  dynamodb = quiet.dynamodb;
  readers = quiet.search;
}, 150_000);

afterAll(() => cleanup.disposeAsync());

const put = (id: string, version: number) =>
  dynamodb.send(
    new PutItemCommand({
      TableName: 'users',
      Item: { id: { S: id }, email: { S: `${id}@example.com` }, name: { S: String(version) } },
    }),
  );

/** The version of every user that readers find now. */
async function found(): Promise<ReadonlyMap<string, number>> {
  const body = { query: { match_all: {} }, size: 10_000 };
  const { hits } = (await readers.search({ index: 'users', body })).body.hits;
  return new Map(hits.map(({ _id = '', _source }) => [_id, Number(Object(_source).name)]));
}

async function holders(): Promise<readonly string[]> {
  return Object.keys((await readers.indices.getAlias({ name: 'users' })).body);
}

/** Polls as fast as it can, and notes whatever no reader should ever meet. */
function startReader(removed: ReadonlySet<string>) {
  const seen = new Map<string, number>();
  const gone = new Set<string>();
  const findings: string[] = [];
  let polls = 0;
  let isEnding = false;
  const done = (async () => {
    while (!isEnding) {
      const mayBeGone = new Set(removed);
      const now = await found();
      polls += 1;
      for (const [id, version] of now) {
        const last = seen.get(id) ?? 0;
        if (version < last) findings.push(`${id} went from version ${last} back to ${version}`);
        if (gone.has(id)) findings.push(`${id} is there again`);
        seen.set(id, Math.max(last, version));
      }
      for (const id of seen.keys()) {
        if (now.has(id)) continue;
        if (mayBeGone.has(id) || removed.has(id)) gone.add(id);
        else findings.push(`${id} is missing`);
      }
      await delay(5);
    }
  })();
  return {
    polls: () => polls,
    end: async () => {
      isEnding = true;
      await done;
      return findings;
    },
  };
}

/** Writes new versions, removes users and adds others until it is told to end. */
function startWriter() {
  const versions = new Map(Array.from({ length: userCount }, (_, at) => [`user-${at}`, 1]));
  const removed = new Set<string>();
  let writes = 0;
  let isEnding = false;
  const write = async (): Promise<void> => {
    writes += 1;
    const ids = [...versions.keys()];
    const id = ids[(writes * 7919) % ids.length] ?? 'user-0';
    if (writes % 25 === 0) {
      versions.delete(id);
      removed.add(id);
      await dynamodb.send(new DeleteItemCommand({ TableName: 'users', Key: { id: { S: id } } }));
    } else if (writes % 25 === 1) {
      versions.set(`new-${writes}`, 1);
      await put(`new-${writes}`, 1);
    } else {
      const version = (versions.get(id) ?? 0) + 1;
      versions.set(id, version);
      await put(id, version);
    }
  };
  const done = (async () => {
    while (!isEnding) {
      await write();
      await delay(5);
    }
  })();
  return {
    removed,
    versions,
    end: async () => {
      isEnding = true;
      await done;
      return writes;
    },
  };
}

/** Runs the command and kills its process when it tells of the step. */
async function killAt(step: string): Promise<void> {
  const child = quiet.laptop.begin(['cli/main.ts', 'reindex', '--region', 'eu-west-1', '--rate', '400']);
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (text.includes(step)) child.kill('SIGKILL');
  });
  const signal = await new Promise((resolve) => child.once('exit', (_code, by) => resolve(by)));
  expect(signal).toBe('SIGKILL');
}

describe('tributary reindex', { timeout: 500_000 }, () => {
  it('fills a new index and moves readers, who never miss a document and never see an older one again', async () => {
    const lanes = Array.from({ length: 8 }, async (_, lane) => {
      for (let at = lane; at < userCount; at += 8) await put(`user-${at}`, 1);
    });
    await Promise.all(lanes);
    await expect.poll(async () => (await found()).size, { interval: 200 }).toBe(userCount);

    const writer = startWriter();
    const reader = startReader(writer.removed);
    for (const step of ['settling', 'copying', 'scanning']) await killAt(step);
    expect(await holders()).toEqual(['users-v1']);
    const finished = await quiet.tributary('reindex', '--region', 'eu-west-1', '--rate', '400');
    expect(finished).toMatchObject({ code: 0, out: expect.stringContaining('readers are on users-v2') });
    expect(await holders()).toEqual(['users-v2']);
    const polled = reader.polls();
    await expect.poll(() => reader.polls()).toBeGreaterThan(polled + 20);

    const left = await quiet.tributary('reindex', '--region', 'eu-west-1', '--finish');
    expect(left).toMatchObject({ code: 0, out: expect.stringContaining('written: users-v2') });
    expect((await readers.indices.exists({ index: 'users-v1' })).body).toBe(false);
    await writer.end();
    await expect
      .poll(async () => Object.fromEntries(await found()), { interval: 200 })
      .toEqual(Object.fromEntries(writer.versions));
    expect(await reader.end()).toEqual([]);
    const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: 'users', ConsistentRead: true }));
    const live = Items.filter(({ _deleted }) => _deleted === undefined);
    expect(new Set(live.map(({ id }) => id?.S))).toEqual(new Set((await found()).keys()));
  });

  it('shows what it would change, and refuses what makes no sense', async () => {
    const planned = await quiet.tributary('reindex', '--region', 'us-east-1', '--dry-run');
    expect(planned.out).toMatch(/create +users-v2[\s\S]+move alias +users +users-v1 -> users-v2/);
    expect(await quiet.tributary('reindex', '--finish', '--region', 'us-east-1')).toMatchObject({
      code: 2,
      error: 'us-east-1: no reindex waits to be finished.\n',
    });
  });
});
