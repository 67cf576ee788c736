import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeleteItemCommand, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { table } from '../functions/table.ts';
import { names } from '../local/pipeline/names.ts';
import type { RunningPipeline } from '../local/running-pipeline.ts';
import { getDeadLetter } from '../shared/runtime/dead-letters.ts';
import { s3ObjectStore } from '../shared/services/s3/client.ts';
import type { ObjectStore } from '../shared/services/s3/port.ts';
import { counterKey, SLICES } from '../shared/sinks/aggregates/layout.ts';
import { archiveBucket } from '../shared/sinks/archive/resources.ts';
import { createWriter, type Writer } from '../shared/writer/write.ts';
import { startLaptop } from './laptop-process.ts';
import { runTributary } from './personal-data/commands.ts';
import { type MarkedAttribute, marks, marksIn } from './personal-data/marks.ts';
import { everythingKept } from './personal-data/stores.ts';
import { leaveFailure } from './personal-data/subjects.ts';

interface Place {
  readonly region: string;
  readonly endpoints: RunningPipeline['regions'][number]['endpoints'];
  readonly dynamodb: DynamoDBClient;
  readonly users: Writer;
  readonly failures: ObjectStore;
  readonly archive: ObjectStore;
}

const cleanup = new AsyncDisposableStack();
const id = 'to-be-forgotten';
/** Every personal value of the person has the first mark in it, and the name of somebody else the second. */
const [secret, ofOthers] = ['email', 'name'] as const;
const person = {
  ...{ id, email: `bounce+${marks[secret].text}@example.com`, name: marks[secret].text, country: 'ZZ' },
  ...{ attributes: { size: marks[secret].text }, undeclared: marks[secret].text },
};
const other = { id: 'stays', email: 'stays@example.com', name: marks[ofOthers].text, country: 'GB' };
let here: Place;
let there: Place;

beforeAll(async () => {
  const laptop = await startLaptop(cleanup, { args: ['--no-traffic'] });
  await laptop.consoleUrl();
  // Read by the commands, which are imported from here on.
  process.env.TRIBUTARY_FOLDER = laptop.environment.TRIBUTARY_FOLDER;
  const note = await readFile(join(laptop.environment.TRIBUTARY_FOLDER ?? '', 'running.json'), 'utf8');
  const [one, two] = (JSON.parse(note) as RunningPipeline).regions;
  if (one === undefined || two === undefined) throw new Error('A laptop has two regions.');
  [here, there] = [placeOf(one), placeOf(two)];
});

afterAll(() => cleanup.disposeAsync());

function placeOf({ name: region, endpoints }: RunningPipeline['regions'][number]): Place {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const dynamodb = new DynamoDBClient({ endpoint: endpoints.dynamodb, region, credentials });
  const s3 = new S3Client({ endpoint: endpoints.s3, region, credentials, forcePathStyle: true });
  cleanup.defer(async () => dynamodb.destroy());
  cleanup.defer(async () => s3.destroy());
  const written = { tableName: table.name, definition: table };
  return {
    ...{ region, endpoints, dynamodb },
    users: createWriter({ dynamodb, table: written, region, mode: 'active-active' }),
    failures: s3ObjectStore(s3, names.bucket),
    archive: s3ObjectStore(s3, archiveBucket.name),
  };
}

/** Where values with the mark are, such as `eu-west-1 table users`, each place once. */
async function whereFound(mark: MarkedAttribute): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const { region, endpoints } of [here, there]) {
    for (const { place, content } of await everythingKept({ region, endpoints })) {
      if (marksIn(content).has(mark)) found.add(`${region} ${place}`);
    }
  }
  return [...found].toSorted();
}

const inBoth = (...places: readonly string[]) => places.flatMap((each) => [`eu-west-1 ${each}`, `us-east-1 ${each}`]);
const patience = { timeout: 90_000, interval: 300 };
/** Of the first region, where they are kept once. */
const mails = ['table email-ledger', 'table email-suppressions', 'outbox'].map((each) => `eu-west-1 ${each}`);

/** A counter in every slice: what is written there is refused by no engine, and can be added to by nobody. */
function counters() {
  const group = { kind: 'value', value: person.country } as const;
  return Array.from({ length: SLICES }, (_, slice) =>
    counterKey({ total: 'users-by-country', group }, { slice, generation: 1 }),
  );
}

async function damageCounters(): Promise<void> {
  for (const Key of counters()) {
    const Item = { ...Key, count: { S: 'many' } };
    await here.dynamodb.send(new PutItemCommand({ TableName: 'aggregates', Item }));
  }
}

async function mendCounters(): Promise<void> {
  for (const Key of counters()) {
    await here.dynamodb.send(new DeleteItemCommand({ TableName: 'aggregates', Key }));
  }
}

async function counted(): Promise<number> {
  const { Items = [] } = await here.dynamodb.send(new ScanCommand({ TableName: 'aggregates', ConsistentRead: true }));
  const rows = Items.filter(({ group }) => group?.S === person.country);
  return rows.reduce((sum, { count }) => sum + Number(count?.N), 0);
}

/** The person everywhere where a pipeline keeps anything, and somebody else beside. */
async function liveThroughEverything(): Promise<void> {
  await damageCounters();
  await here.users.put(other);
  await here.users.put(person);
  await expect.poll(() => whereFound(secret), patience).toEqual(expect.arrayContaining(mails));
  await runTributary(['pause', 'replicator']);
  await here.users.put({ ...person, country: 7 });
  await there.users.put({ ...person, plan: 'pro' });
  await runTributary(['resume', 'replicator']);
  await expect
    .poll(async () => (await whereFound(secret)).filter((place) => place.endsWith('replica-conflicts')), patience)
    .not.toEqual([]);
  await expect.poll(() => failuresOf('search-index'), patience).not.toEqual([]);
  await expect.poll(() => failuresOf('aggregates'), patience).not.toEqual([]);
  const everywhere = inBoth('table users', 'index users-v1', 'bucket tributary-archive archive');
  await expect.poll(() => whereFound(secret), patience).toEqual(expect.arrayContaining(everywhere));
  // No mapping gives up on a batch within a minute.
  for (const key of await here.archive.list('archive/')) {
    const bytes = await here.archive.getBytes(key);
    if (bytes === undefined || !marksIn(bytes).has(secret)) continue;
    await leaveFailure(here.failures, { bytes, region: here.region });
    break;
  }
  await leaveStreamFailure();
}

async function failuresOf(consumer: string): Promise<readonly string[]> {
  return here.failures.list(`dead-letters/${consumer}/`);
}

/** A change that aggregates refused, among those of a batch that its mapping gave up on. */
async function leaveStreamFailure(): Promise<void> {
  const [key = ''] = await failuresOf('aggregates');
  const letter = await getDeadLetter(here.failures, key);
  const functionArn = `arn:aws:lambda:${here.region}:000000000000:function:aggregates`;
  const document = {
    requestContext: { requestId: 'given-up', functionArn, condition: 'EventAgeExceeded', approximateInvokeCount: 9 },
    timestamp: new Date().toISOString(),
    DDBStreamBatchInfo: { shardId: letter?.position.shardId, streamArn: letter?.position.streamArn },
    payload: JSON.stringify({ Records: [letter?.record] }),
  };
  await here.failures.put({ key: streamFailure, body: JSON.stringify(document), contentType: 'application/json' });
}

const streamFailure = 'aws/lambda/aggregates/given-up';

describe('tributary forget', { timeout: 300_000 }, () => {
  it('leaves nothing of the person in any store but what it says that it cannot reach', async () => {
    await liveThroughEverything();
    const before = { person: await whereFound(secret), others: await whereFound(ofOthers) };
    expect(before.person).toEqual(expect.arrayContaining(['eu-west-1 bucket tributary-failures aws']));

    const dry = await runTributary(['forget', id, '--dry-run']);
    expect(dry).toMatchObject({ code: 0 });
    expect(await whereFound(secret)).toEqual(expect.arrayContaining([...before.person]));

    const { code, text } = await runTributary(['forget', id, '--json']);
    const { unfinished, outOfReach } = JSON.parse(text.slice(text.indexOf('{"'))) as {
      readonly unfinished: readonly string[];
      readonly outOfReach: readonly { readonly what: string; readonly expiresAt?: string }[];
    };
    expect({ code, unfinished }).toEqual({ code: 0, unfinished: [] });
    expect(marksIn(text)).toEqual(new Set());
    const told = (words: RegExp) => outOfReach.find(({ what }) => words.test(what));
    // Mails that are with people stay with them.
    expect(await whereFound(secret)).toEqual(inBoth('outbox'));
    expect(told(/^mails that were sent/)).toEqual({ what: expect.any(String) });
    // The streams still have it, for as long as was said.
    const changes = await runTributary([
      ...['tail', '--since', 'trim-horizon', '--records', '3', '--show-pii', '--region', here.region],
    ]);
    expect(marksIn(changes.text)).toContain(secret);
    const hours = (Date.parse(told(/Kinesis/)?.expiresAt ?? '') - Date.now()) / 3_600_000;
    expect(Math.round(hours)).toBe(24);
    expect(await whereFound(ofOthers)).toEqual(expect.arrayContaining([...before.others]));
  });

  it('keeps what is still to be counted, without anything personal, and counts it', async () => {
    expect(await failuresOf('search-index')).toEqual([]);
    expect((await failuresOf('aggregates')).length).toBeGreaterThan(1);
    expect(await here.failures.get(streamFailure)).toContain(id);
    await mendCounters();
    expect(await runTributary(['dead-letters', 'redrive', '--consumer', 'aggregates'])).toMatchObject({ code: 0 });
    expect(await counted()).toBe(0);
    expect(
      await runTributary(['dead-letters', 'redrive', '--scope', 'batch', '--consumer', 'aggregates']),
    ).toMatchObject({ code: 0 });
    expect(await counted()).toBe(0);
  });

  it('run again, also erases what is settled by now', async () => {
    expect(await runTributary(['forget', id])).toMatchObject({ code: 0 });
    expect(await failuresOf('aggregates')).toEqual([]);
    expect(await here.failures.get(streamFailure)).toBeUndefined();
    expect(await whereFound(secret)).toEqual(inBoth('outbox'));
  });
});
