import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { writeBatchFile } from '../shared/batch/recorded-batch.ts';
import { keyText } from '../shared/change/key-text.ts';
import { readPosition } from '../shared/change/position.ts';
import { type Forgotten, forget } from '../shared/operations/forget/forget.ts';
import { itemKeys } from '../shared/operations/item-key.ts';
import { deadLetterStore, listDeadLetterKeys, markDeadLetter } from '../shared/runtime/dead-letters.ts';
import { waive } from '../shared/sinks/email-ledger/waive.ts';
import { type OperatedTarget, operatedTarget } from '../shared/testing/operated-target.ts';
import { kinesisRecords, streamRecords } from '../shared/testing/record-builder.ts';
import { registry } from './registry.ts';
import { table } from './table.ts';

const secrets = ['ada@marked.example', 'Marked Ada', 'marked-shoe'];
const ada = { id: 'u-1', email: secrets[0] ?? '', name: secrets[1] ?? '', attributes: { shoe: secrets[2] ?? '' } };
const grace = { id: 'u-2', email: 'grace@other.example', name: 'Grace' };
let world: OperatedTarget;

beforeEach(async () => {
  world = operatedTarget({ table, registry });
  const { dynamodb, search, index } = world;
  const address = { S: ada.email };
  await dynamodb.putItem({
    TableName: 'users',
    Item: {
      ...{
        id: { S: 'u-1' },
        email: address,
        name: { S: ada.name },
        attributes: { M: { shoe: { S: secrets[2] ?? '' } } },
      },
      _v: { S: '00001767225600000000-000000-eu-central-1' },
    },
  });
  await dynamodb.putItem({
    TableName: 'email-ledger',
    Item: {
      ...{ id: { S: 'u-1' }, to: address, subject: { S: `Welcome ${ada.name}` }, text: { S: ada.name } },
      ...{ html: { S: ada.name }, state: { S: 'bounced' }, attempt: { N: '1' }, owner: { S: 'somebody' } },
    },
  });
  await dynamodb.putItem({ TableName: 'email-suppressions', Item: { address, reason: { S: 'bounced' } } });
  await dynamodb.putItem({
    TableName: 'replica-conflicts',
    Item: { item: { S: keyText(itemKeys(['u-1'], table)) }, version: { S: '1' }, loser: { M: { email: address } } },
  });
  const documentJson = JSON.stringify({ ...ada, tributary: { changes: ['c'], deleted: false } });
  await search.bulk([{ op: 'index', index, id: 'u-1', version: 5n, versionType: 'external', documentJson }]);
  await fillArchive();
  await fillFailures();
});

async function fillArchive(): Promise<void> {
  const { archive } = world;
  const record = kinesisRecords().modify(ada, { ...ada, country: 'GB' });
  const others = kinesisRecords().insert(grace);
  const header = { source: 'kinesis', streamArn: record.eventSourceARN, redaction: 'none' } as const;
  const file = (records: readonly unknown[]) =>
    gzipSync(writeBatchFile({ header, records: records.map((each) => ({ record: each })) }));
  const folder = 'archive/users/2026/01/01/11/shard';
  await archive.put({ key: `${folder}/mixed.jsonl.gz`, body: file([record, others]), contentType: 'application/gzip' });
  await archive.put({ key: `${folder}/alone.jsonl.gz`, body: file([record]), contentType: 'application/gzip' });
}

async function fillFailures(): Promise<void> {
  const { failures, notices, clock } = world;
  const stored = streamRecords().modify(ada, { ...ada, country: 'GB' });
  const letters = deadLetterStore({ objects: failures, notices, clock, codeVersion: 'test' });
  for (const consumer of ['aggregates', 'search-index', 'replicator']) {
    const position = readPosition(stored, 'shard');
    if (position === undefined) throw new Error('no position');
    await letters.store({ consumer, position, record: stored, error: { code: 'sink-rejected', message: 'refused' } });
  }
  const [settled = ''] = await listDeadLetterKeys(failures, 'search-index');
  await markDeadLetter(failures, settled, 'redriven');
  await giveUp('aggregates', [stored, streamRecords().insert(grace)]);
  await giveUp('replicator', [stored, streamRecords().insert(grace)]);
  await giveUp('replicator', [stored]);
}

async function giveUp(consumer: string, records: readonly unknown[]): Promise<void> {
  await world.failures.put({
    key: failureKey(consumer, records.length),
    contentType: 'application/json',
    body: JSON.stringify({
      requestContext: {
        functionArn: `arn:aws:lambda:eu-central-1:1:function:${consumer}`,
        condition: 'EventAgeExceeded',
      },
      timestamp: '2026-01-01T11:00:00Z',
      DDBStreamBatchInfo: { shardId: 'shard' },
      payload: JSON.stringify({ Records: records }),
    }),
  });
}

const failureKey = (consumer: string, records: number) => `aws/lambda/${consumer}/shard/${records}`;

const forgotten = (dryRun = false): Promise<Forgotten> =>
  forget({
    ...{ target: world.target, keys: itemKeys(['u-1'], table), table, dryRun, waitMs: 0, report: () => undefined },
    ...{ clock: world.clock, mappings: { read: async () => [] } },
  });

/** Everything in every store, as text. */
async function everything(): Promise<string> {
  const { dynamodb, search, index, failures, archive } = world;
  const tables = ['users', 'email-ledger', 'email-suppressions', 'replica-conflicts', 'aggregates', 'usage-windows'];
  const stores = await Promise.all(
    [failures, archive].map(async (store) => {
      const keys = await store.list('');
      return Promise.all(keys.map(async (key) => `${key} ${await readable(store, key)}`));
    }),
  );
  const documents = await search.search({ index, filters: [], limit: 100 });
  const rows = tables.map((name) => JSON.stringify(dynamodb.items(name)));
  return [...rows, ...stores.flat(), ...documents.map(({ document }) => JSON.stringify(document))].join('\n');
}

async function readable(store: OperatedTarget['archive'], key: string): Promise<string> {
  const { readBatches } = await import('../shared/operations/batch-file.ts');
  const { readableRecord } = await import('../shared/operations/masking.ts');
  const bytes = (await store.getBytes(key)) ?? new Uint8Array();
  if (!key.endsWith('.gz')) return Buffer.from(bytes).toString('utf8');
  return JSON.stringify(
    readBatches(bytes).flatMap(({ records }) => records.map(({ record }) => readableRecord(record))),
  );
}

describe('forget', () => {
  it('leaves no personal value in any store', async () => {
    const before = await everything();
    for (const secret of secrets) expect(before).toContain(secret);
    const { unfinished } = await forgotten();
    const after = await everything();
    for (const secret of secrets) expect(after).not.toContain(secret);
    expect(after).toContain('grace@other.example');
    // Nothing delivers the deletion here.
    expect(unfinished).toEqual([expect.stringMatching(/document/), expect.stringMatching(/archive/)]);
  });

  it('erases all versions that lost, also those beyond the megabyte that one answer of DynamoDB holds', async () => {
    const item = { S: keyText(itemKeys(['u-1'], table)) };
    const loser = { M: { email: { S: ada.email }, about: { S: 'a'.repeat(300_000) } } };
    const put = (version: number) =>
      world.dynamodb.putItem({ TableName: 'replica-conflicts', Item: { item, version: { S: `${version}` }, loser } });
    for (const version of [2, 3, 4, 5, 6]) await put(version);
    await forgotten();
    expect(world.dynamodb.items('replica-conflicts')).toEqual([]);
  });

  it('changes nothing when it is repeated', async () => {
    await forgotten();
    const after = await everything();
    expect(await forgotten()).toMatchObject({ changes: [], unfinished: [] });
    expect(await everything()).toBe(after);
  });

  it('tells in a dry run what it would change, and changes nothing', async () => {
    const before = await everything();
    const planned = await forgotten(true);
    expect(await everything()).toBe(before);
    expect(planned.changes).toEqual((await forgotten()).changes);
    expect(JSON.stringify(planned)).not.toMatch(/marked|Marked/);
  });

  it('keeps the ledger from sending again, and pending failures countable', async () => {
    await world.dynamodb.updateItem({
      TableName: 'email-ledger',
      Key: { id: { S: 'u-1' } },
      UpdateExpression: 'SET #state = :parked',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':parked': { S: 'parked' } },
    });
    await forgotten();
    const [row] = world.dynamodb.items('email-ledger');
    expect(row).toMatchObject({ id: { S: 'u-1' }, to: { S: '' }, state: { S: 'suppressed' } });
    const [pending = ''] = await listDeadLetterKeys(world.failures, 'aggregates');
    expect(await world.failures.get(pending)).toMatch(/"country":\{"S":"GB"\}.*"state":"pending"/);
    expect(await listDeadLetterKeys(world.failures, 'search-index')).toEqual([]);
  });

  it('keeps a mail from being sent that somebody has waived while its insert was on the way', async () => {
    const id = { S: 'u-1' };
    await world.dynamodb.deleteItem({ TableName: 'email-ledger', Key: { id } });
    await waive({ dynamodb: world.dynamodb, tableName: 'email-ledger' }, 'u-1');
    await forgotten();
    expect(world.dynamodb.items('email-ledger')).toMatchObject([{ id, state: { S: 'suppressed' } }]);
  });

  it('takes failures away whole where nothing is counted, and what is left of their batches stays', async () => {
    expect(world.notices.messages().some((notice) => notice.includes('replicator'))).toBe(true);
    await forgotten();
    expect(await listDeadLetterKeys(world.failures, 'replicator')).toEqual([]);
    expect(world.notices.messages().map((notice) => notice.includes('replicator'))).toEqual([false]);
    expect(await world.failures.get(failureKey('replicator', 1))).toBeUndefined();
    const mixed = JSON.parse((await world.failures.get(failureKey('replicator', 2))) ?? '{}') as { payload: string };
    expect(JSON.parse(mixed.payload)).toEqual({
      Records: [expect.objectContaining({ dynamodb: expect.objectContaining({ Keys: { id: { S: 'u-2' } } }) })],
    });
  });

  it('does not wait for a consumer that is paused, and says that it is', async () => {
    const paused = { region: 'eu-central-1', consumer: 'archive', state: 'paused' as const, recordAgeMaxMs: 1 };
    const { unfinished } = await forget({
      ...{ target: world.target, keys: itemKeys(['u-1'], table), table, dryRun: false, report: () => undefined },
      ...{ clock: world.clock, waitMs: Number.POSITIVE_INFINITY, mappings: { read: async () => [paused] } },
    });
    expect(unfinished).toContainEqual(expect.stringContaining('`tributary resume archive`'));
  });

  it('says what it cannot reach and when that expires', async () => {
    const { outOfReach } = await forgotten(true);
    expect(outOfReach).toContainEqual({
      what: expect.stringContaining('Kinesis'),
      expiresAt: '2026-01-02T12:00:00.000Z',
    });
    expect(outOfReach).toContainEqual({ what: expect.stringContaining('mails that were sent') });
  });
});
