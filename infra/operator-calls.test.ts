import { gzipSync } from 'node:zlib';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { beforeEach, describe, expect, it } from 'vitest';
import { openFeed } from '../cli/target/feeds.ts';
import { totals } from '../functions/aggregates/totals.ts';
import { backfillSources } from '../functions/copies.ts';
import { redriveSources } from '../functions/redrives.ts';
import { registry } from '../functions/registry.ts';
import { table } from '../functions/table.ts';
import { writeBatchFile } from '../shared/batch/recorded-batch.ts';
import { runAudit } from '../shared/operations/audit/run-audit.ts';
import { runBackfill } from '../shared/operations/backfill/run-backfill.ts';
import { explain } from '../shared/operations/explain/explain.ts';
import { requeueFailures } from '../shared/operations/failures/requeue-failures.ts';
import { settleFailures } from '../shared/operations/failures/settle-failures.ts';
import { follow } from '../shared/operations/feed/feed.ts';
import { snapshotItem } from '../shared/operations/snapshot-item.ts';
import { listSuppressed, unsuppress } from '../shared/operations/suppressed-addresses.ts';
import type { Target } from '../shared/operations/target.ts';
import { deadLetterStore } from '../shared/runtime/dead-letters.ts';
import { counterKey } from '../shared/sinks/aggregates/layout.ts';
import { countersTable } from '../shared/sinks/aggregates/resources.ts';
import { suppressionTable } from '../shared/sinks/email-ledger/resources.ts';
import { conflictsTable } from '../shared/sinks/replica/resources.ts';
import { type OperatedTarget, operatedTarget } from '../shared/testing/operated-target.ts';
import { kinesisRecords, streamRecords } from '../shared/testing/record-builder.ts';
import { operatorGrants, readerGrants } from './access.ts';
import { planRegion } from './region-plan.ts';
import { type IamCall, recordCalls, refused } from './testing/recorded-calls.ts';
import { house, sampleConfig } from './testing/sample-stage.ts';

const [home = '', away = ''] = sampleConfig.regions;
const placeOf = (region: string) => ({ region, account: '123456789012', partition: 'aws' });
const plan = planRegion(sampleConfig, { house, place: placeOf(home) });
const remote = planRegion(sampleConfig, { house, place: placeOf(away) });
const { names } = plan;
const tableArn = (name: string) => names.tableArn(names.table(name));
const queueArn = names.queueArn(names.deadLetterQueue);
const archiveArn = names.bucketArn(names.bucket('tributary-archive'));

const keys = { id: { S: 'u1' } };
const ada = {
  id: 'u1',
  email: 'ada@example.com',
  country: 'DE',
  _v: `1767268800000000/00000/${'eu-central-1'.padEnd(20, '_')}`,
};
/** Whom nobody can write to. */
const poison = { id: 'u2', email: 7 };
let world: OperatedTarget;
let target: Target;
let calls: Set<IamCall>;

beforeEach(async () => {
  world = operatedTarget({ table, registry });
  const recorded = recordCalls(world.region, plan, remote);
  target = { ...world.target, regions: [recorded.region] };
  calls = recorded.calls;
  const Item = { ...keys, email: { S: ada.email }, country: { S: ada.country }, _v: { S: ada._v } };
  await world.dynamodb.putItem({ TableName: table.name, Item });
});

const walk = () => ({
  ...{ target, table, sources: backfillSources, clock: ticking(), random: () => 0.5 },
  ...{ lagMaxMs: 30_000, report: () => undefined },
});

/** Time goes on while somebody waits. */
function ticking() {
  const sleep = async (durationMs: number) => {
    world.now.ms += durationMs;
  };
  return { nowMs: () => world.now.ms, sleep };
}

async function settle(action: 'redrive' | 'discard', scope: 'record' | 'batch'): Promise<void> {
  const settling = settleFailures({
    ...{ target, filter: {}, scope, action, table, sources: redriveSources },
    ...{ clock: world.clock, random: () => 0.5 },
  });
  for await (const _each of settling);
}

/** A dead letter of every consumer that has any, each of a user who is fine now. */
async function deadLetters(): Promise<void> {
  const { failures: objects, notices, clock } = world;
  const store = deadLetterStore({ objects, notices, clock, codeVersion: 'old' });
  const createdAtMicroseconds = BigInt(world.now.ms) * 1000n;
  const [ofStream, ofKinesis] = [streamRecords({ tableName: table.name }), kinesisRecords({ tableName: table.name })];
  for (const definition of registry) {
    if (!('strategy' in definition)) continue;
    const build = definition.trigger.kind === 'kinesis' ? ofKinesis : ofStream;
    const position = { streamArn: 'arn', shardId: 'shardId-1', sequenceNumber: '1' };
    const record = build.insert(ada, { createdAtMicroseconds });
    const error = { code: 'sink-rejected', message: 'for a reason' } as const;
    await store.store({ consumer: definition.name, position, record, error });
  }
}

/** A batch that the mapping of `consumer` gave up on, with a record that nobody can read. */
async function failureObject(consumer: string): Promise<void> {
  const records = kinesisRecords({ tableName: table.name });
  const at = { createdAtMicroseconds: BigInt(world.now.ms) * 1000n };
  const document = {
    requestContext: { functionArn: `arn:aws:lambda:x:1:function:${consumer}`, condition: 'EventAgeExceeded' },
    timestamp: new Date(world.now.ms).toISOString(),
    KinesisBatchInfo: { shardId: 'shardId-1' },
    payload: JSON.stringify({ Records: [records.insert(ada, at), records.insert(poison, at)] }),
  };
  const body = JSON.stringify(document);
  await world.failures.put({ key: 'aws/lambda/uuid/shard/one', body, contentType: 'application/json' });
}

/** Readers see seven Germans too many. */
async function damageTotals(): Promise<void> {
  await world.dynamodb.updateItem({
    TableName: countersTable.name,
    Key: counterKey({ total: 'users-by-country', group: { kind: 'value', value: 'DE' } }, { slice: 5, generation: 2 }),
    UpdateExpression: 'ADD #count :more',
    ExpressionAttributeNames: { '#count': 'count' },
    ExpressionAttributeValues: { ':more': { N: '7' } },
  });
}

async function archivedChange(): Promise<void> {
  const record = kinesisRecords({ tableName: table.name }).insert(ada);
  const header = { source: 'kinesis', streamArn: 'arn', redaction: 'none' } as const;
  const key = `archive/changes/${new Date(world.now.ms).toISOString().slice(0, 13).replace(/[-T]/g, '/')}/one.jsonl.gz`;
  const body = gzipSync(writeBatchFile({ header, records: [{ record }] }));
  await world.archive.put({ key, body, contentType: 'application/gzip' });
}

/** Kinesis with one empty shard that has ended, which notes what it is asked. */
function kinesis(): KinesisClient {
  const client = new KinesisClient({ region: home, credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  const answers: Readonly<Record<string, object>> = {
    DescribeStreamSummaryCommand: { StreamDescriptionSummary: { StreamARN: names.kinesisStreamArn } },
    DescribeStreamCommand: { StreamDescription: { Shards: [{ ShardId: 'shardId-1' }], HasMoreShards: false } },
    GetShardIteratorCommand: { ShardIterator: 'iterator' },
    GetRecordsCommand: { Records: [] },
  };
  client.middlewareStack.add(
    (_next, { commandName = '' }) =>
      async () => {
        calls.add(`kinesis:${commandName.replace(/Command$/, '')} ${names.kinesisStreamArn}`);
        return { output: { $metadata: {}, ...answers[commandName] }, response: {} };
      },
    { step: 'initialize' },
  );
  return client;
}

/** What an operator runs, and a call that shows that it did something. */
const commands: readonly (readonly [command: string, run: () => Promise<unknown>, shown: readonly IamCall[]])[] = [
  [
    'backfill --consumer all',
    () => runBackfill({ ...walk(), consumer: 'all' }),
    [
      `dynamodb:PutItem ${tableArn('aggregates')}`,
      `dynamodb:PutItem ${remote.names.tableArn(remote.sourceTable)}`,
      `dynamodb:Scan ${names.tableArn(plan.sourceTable)}`,
    ],
  ],
  [
    'audit --repair',
    async () => {
      await runBackfill({ ...walk(), consumer: 'aggregates' });
      await damageTotals();
      world.now.ms += 600_000;
      calls.clear();
      await runAudit({ ...walk(), consumer: 'all', repair: true, graceMs: 15_000, patienceMs: 300_000 });
    },
    [
      `dynamodb:PutItem ${tableArn('aggregates')}`,
      `dynamodb:BatchWriteItem ${tableArn('aggregates')}`,
      `dynamodb:GetItem ${tableArn('email-ledger')}`,
    ],
  ],
  [
    'snapshot',
    () => snapshotItem({ ...walk(), keys, consumer: 'all' }),
    [`dynamodb:GetItem ${names.tableArn(plan.sourceTable)}`],
  ],
  [
    'dead-letters redrive',
    () => deadLetters().then(() => settle('redrive', 'record')),
    [`dynamodb:PutItem ${tableArn('email-ledger')}`, `sqs:ReceiveMessage ${queueArn}`, `sqs:DeleteMessage ${queueArn}`],
  ],
  [
    'dead-letters redrive --scope batch, of a batch that holds poison',
    () => failureObject('welcome-email').then(() => settle('redrive', 'batch')),
    [`sqs:SendMessage ${queueArn}`],
  ],
  [
    'dead-letters discard',
    () => deadLetters().then(() => settle('discard', 'record')),
    [`sqs:DeleteMessage ${queueArn}`],
  ],
  [
    'dead-letters requeue',
    () => deadLetters().then(() => requeueFailures({ target, filter: {}, scope: 'record', clock: world.clock })),
    [`sqs:SendMessage ${queueArn}`],
  ],
  [
    'explain',
    async () => {
      await deadLetters();
      await archivedChange();
      const archiveMs = 3_600_000;
      await explain({ target, keys, table, totals, clock: world.clock, archiveMs, shown: (image) => image });
    },
    [`dynamodb:Query ${tableArn(conflictsTable.name)}`, `s3:ListBucket ${archiveArn}`],
  ],
  [
    'suppressions list and remove',
    async () => {
      await world.dynamodb.putItem({ TableName: suppressionTable.name, Item: { address: { S: ada.email } } });
      await listSuppressed(target);
      await unsuppress(target, { address: ada.email, dryRun: false });
    },
    [`dynamodb:Scan ${tableArn(suppressionTable.name)}`, `dynamodb:DeleteItem ${tableArn(suppressionTable.name)}`],
  ],
  [
    'tail and capture',
    async () => {
      const feed = await openFeed({ region: home, name: names.kinesisStream, client: kinesis() });
      const enough = new AbortController();
      const clock = { ...world.clock, sleep: async () => enough.abort() };
      for await (const _page of follow(feed, { from: { kind: 'LATEST' }, signal: enough.signal, clock }));
    },
    [`kinesis:GetRecords ${names.kinesisStreamArn}`],
  ],
];

describe('the policies reader and operator', () => {
  it.each(commands)('allow every call of %s', async (_command, run, shown) => {
    await run();
    expect([...calls]).toEqual(expect.arrayContaining([...shown]));
    expect(refused(calls, [...readerGrants(plan), ...operatorGrants(plan, placeOf(home))])).toEqual([]);
  });
});
