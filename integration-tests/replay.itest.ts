import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectedTotals, readFixture } from './replay-fixtures.ts';

interface Run {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

interface Replayed {
  readonly batches: readonly { records: number; outcomes: Record<string, number>; unresolvedFrom?: string }[];
  readonly effects: readonly { readonly kind: string; readonly [field: string]: unknown }[];
}

const root = join(import.meta.dirname, '..');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replay-itest-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function run(command: string, args: readonly string[]): Promise<Run> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd: root }, (failure, out, error) => {
      resolve({ code: failure === null ? 0 : Number(failure.code), out, error });
    });
  });
}

function tributary(...args: readonly string[]): Promise<Run> {
  return run(process.execPath, ['cli/main.ts', ...args]);
}

async function replayed(...args: readonly string[]): Promise<Replayed> {
  const { code, out, error } = await tributary('replay', ...args, '--show-pii', '--json');
  expect({ code, error }).toEqual({ code: 0, error: '' });
  return JSON.parse(out) as Replayed;
}

function kinds({ effects }: Replayed, kind: string) {
  return effects.filter((effect) => effect.kind === kind);
}

describe('tributary replay: streams through aggregates', () => {
  it('prints the totals of the ordinary batch, as a user calls it', async () => {
    const { code, out, error } = await run('npx', ['tributary', 'replay', 'fixtures/ordinary-stream.jsonl']);
    expect(code, error).toBe(0);
    expect(out).toMatch(/^Batch 1 through aggregates: 40 records: \d+ applied/);
    const { contents } = await readFixture('ordinary-stream.jsonl');
    const printed = [...out.matchAll(/^ {2}(users-by-country) +(\S+) +(\S+) +(\S+)$/gm)].map(([, ...cells]) => cells);
    const expected = Object.entries(expectedTotals(contents)).filter(([name]) => name.startsWith('users-by-country '));
    expect(printed.map(([total, group, ...cells]) => [`${total} ${group}`, cells.join(', ')])).toEqual(
      expected.toSorted(),
    );
  });

  it.each(['ordinary-stream.jsonl', 'every-attribute-type-stream.jsonl'])('counts %s exactly', async (name) => {
    const { contents } = await readFixture(name);
    const result = await replayed(`fixtures/${name}`, '--consumer', 'aggregates');
    const told: Record<string, unknown> = {};
    for (const { total, group, count, sum } of kinds(result, 'total')) {
      told[`${total} ${group}`] = sum === undefined ? count : `${count}, ${sum}`;
    }
    expect(told).toEqual(expectedTotals(contents));
    expect(result.effects.every(({ kind }) => kind === 'total')).toBe(true);
  });
});

describe('tributary replay: Kinesis batches', () => {
  it.each([
    'search-index',
    'welcome-email',
  ])('%s: one dead letter with its code, the others go on', async (consumer) => {
    const { contents } = await readFixture('poison-kinesis.jsonl');
    const result = await replayed('fixtures/poison-kinesis.jsonl', '--consumer', consumer);
    expect(kinds(result, 'deadLetter')).toEqual([
      {
        kind: 'deadLetter',
        sequenceNumber: expect.stringMatching(/^\d{56}$/),
        code: 'invalid-attribute',
        message: 'newImage.email: is not a string',
      },
    ]);
    const { deadLettered = 0, ...others } = result.batches[0]?.outcomes ?? {};
    const rest = Object.values(others).reduce((sum, count) => sum + count, 0);
    expect([deadLettered, rest]).toEqual([1, contents.length - 1]);
  });

  it('search-index: each document equals the newest change of its item, duplicates and overtaking or not', async () => {
    const { contents } = await readFixture('duplicates-kinesis.jsonl');
    expect(new Set(contents.map(({ eventID }) => eventID)).size).toBeLessThan(contents.length);
    const byAge = contents.toSorted(
      ({ dynamodb: a }, { dynamodb: b }) => a.ApproximateCreationDateTime - b.ApproximateCreationDateTime,
    );
    const newest = new Map(byAge.map(({ dynamodb }) => [dynamodb.Keys.id?.S, dynamodb]));
    const result = await replayed('fixtures/duplicates-kinesis.jsonl');
    const told = kinds(result, 'document').map(({ id, version, deleted, document }) => {
      const { name, country, balance } = document as Record<string, string>;
      return { id, version, deleted, name, country, balance };
    });
    const expected = [...newest].map(([id, { NewImage, ApproximateCreationDateTime }]) => ({
      id,
      version: String(ApproximateCreationDateTime),
      deleted: NewImage === undefined,
      name: NewImage?.name?.S,
      country: NewImage?.country?.S,
      balance: NewImage?.balance?.N,
    }));
    expect(told).toEqual(expected.toSorted((a, b) => String(a.id).localeCompare(String(b.id))));
  });

  it('welcome-email: one mail for each sign-up, however often Kinesis holds it', async () => {
    const { contents } = await readFixture('duplicates-kinesis.jsonl');
    const signUps = contents.filter(({ eventName }) => eventName === 'INSERT').map(({ dynamodb }) => dynamodb.NewImage);
    const addresses = signUps.map((image) => image?.email?.S).toSorted();
    expect(new Set(addresses).size).toBeLessThan(addresses.length);
    const result = await replayed('fixtures/duplicates-kinesis.jsonl', '--consumer', 'welcome-email');
    const mailed = kinds(result, 'email').map(({ to }) => to);
    expect(mailed.toSorted()).toEqual([...new Set(addresses)]);
    expect(result.batches[0]?.outcomes.duplicate).toBe(addresses.length - mailed.length);
  });
});

describe('tributary replay: what it shows of persons', () => {
  it('masks addresses and names unless it is asked for them, and compares masked results as well', async () => {
    const args = ['replay', 'fixtures/duplicates-kinesis.jsonl', '--consumer', 'welcome-email'];
    const { contents } = await readFixture('duplicates-kinesis.jsonl');
    const addresses = contents.flatMap(({ dynamodb }) => dynamodb.NewImage?.email?.S ?? []);
    expect(addresses.length).toBeGreaterThan(1);
    const [masked, whole] = [await tributary(...args, '--json'), await tributary(...args, '--json', '--show-pii')];
    expect(addresses.filter((address) => masked.out.includes(address))).toEqual([]);
    expect(addresses.filter((address) => whole.out.includes(address)).length).toBeGreaterThan(0);
    for (const [name, { out }] of Object.entries({ 'masked.json': masked, 'whole.json': whole })) {
      await writeFile(join(folder, name), out);
      expect(await tributary(...args, '--compare', join(folder, name))).toMatchObject({ code: 0, error: '' });
    }
  });
});

describe('tributary replay: what else it takes', () => {
  it('prints the same bytes for the same file', async () => {
    const first = await tributary('replay', 'fixtures/poison-kinesis.jsonl', '--consumer', 'welcome-email');
    const second = await tributary('replay', 'fixtures/poison-kinesis.jsonl', '--consumer', 'welcome-email');
    expect(first.out).not.toBe('');
    expect(second).toEqual(first);
  });

  it('reads a gzipped file, a raw Lambda event and an object of the failure bucket alike', async () => {
    const { records } = await readFixture('ordinary-stream.jsonl');
    const text = await readFile(join(root, 'fixtures/ordinary-stream.jsonl'));
    const info = { shardId: 'shardId-1', startSequenceNumber: '1', endSequenceNumber: '40' };
    const forms = {
      'gzipped.jsonl.gz': gzipSync(text),
      'event.json': JSON.stringify({ Records: records }),
      'failure.json': JSON.stringify({ DDBStreamBatchInfo: info, payload: JSON.stringify({ Records: records }) }),
    };
    const { effects } = await replayed('fixtures/ordinary-stream.jsonl');
    for (const [name, content] of Object.entries(forms)) {
      await writeFile(join(folder, name), content);
      expect((await replayed(join(folder, name), '--consumer', 'aggregates')).effects).toEqual(effects);
    }
  });
});

describe('tributary replay: what makes no sense ends with 2 and one line', () => {
  it.each([
    { problem: 'no file at all', args: [], message: /missing required argument 'file'/ },
    { problem: 'a missing file', args: ['fixtures/none.jsonl'], message: /There is no file fixtures\/none\.jsonl/ },
    { problem: 'a file that is none', args: ['fixtures/README.md'], message: /fixtures\/README\.md: .* not JSON/ },
    {
      problem: 'a file that breaks off',
      args: ['broken.jsonl'],
      message: /broken\.jsonl: Line 41 is not JSON/,
    },
    {
      problem: 'a consumer of another source',
      args: ['fixtures/ordinary-stream.jsonl', '--consumer', 'search-index'],
      message: /search-index reads kinesis records, but the file holds stream records/,
    },
    {
      problem: 'an unknown consumer',
      args: ['fixtures/ordinary-stream.jsonl', '--consumer', 'nobody'],
      message: /no consumer "nobody".*aggregates.*search-index.*welcome-email/,
    },
    { problem: 'no consumer', args: ['event.json'], message: /does not name its consumer: add --consumer/ },
  ])('$problem', async ({ args, message }) => {
    const { records } = await readFixture('ordinary-stream.jsonl');
    await writeFile(join(folder, 'event.json'), JSON.stringify({ Records: records }));
    const text = await readFile(join(root, 'fixtures/ordinary-stream.jsonl'), 'utf8');
    await writeFile(join(folder, 'broken.jsonl'), text.slice(0, -100));
    const found = args.map((arg) => (['event.json', 'broken.jsonl'].includes(arg) ? join(folder, arg) : arg));
    const { code, out, error } = await tributary('replay', ...found);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    const [line = '', ...others] = error.trimEnd().split('\n');
    expect(line).toMatch(message);
    expect(others.filter((other) => !other.includes('tributary --help'))).toEqual([]);
  });
});
