import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { totals } from '../functions/aggregates/totals.ts';
import { create } from '../functions/archive/handler.ts';
import { definition as searchIndex } from '../functions/search-index/definition.ts';
import { create as createSearchIndex } from '../functions/search-index/handler.ts';
import { table } from '../functions/table.ts';
import type { Engine } from '../local/engines/engine.ts';
import { createPortAllocator } from '../local/engines/ports.ts';
import { startS3 } from '../local/engines/s3.ts';
import { readBatches } from '../shared/operations/batch-file.ts';
import { replay } from '../shared/operations/replay.ts';
import { s3ObjectStore } from '../shared/services/s3/client.ts';
import type { ObjectStore } from '../shared/services/s3/port.ts';
import { baseServices } from '../shared/testing/base-services.ts';
import { kinesisRecords } from '../shared/testing/record-builder.ts';
import { type KinesisWorld, region, startKinesisWorld } from './kinesis-world.ts';

let engine: Engine;
let client: S3Client;
let kinesis: KinesisWorld;

beforeAll(async () => {
  engine = await startS3({ port: await createPortAllocator().take(0) });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new S3Client({ endpoint: engine.url, region, credentials, forcePathStyle: true });
  kinesis = await startKinesisWorld();
});

afterAll(async () => {
  await kinesis?.stop();
  client?.destroy();
  await engine?.stop();
});

async function bucket(name: string): Promise<ObjectStore> {
  await client.send(new CreateBucketCommand({ Bucket: name }));
  return s3ObjectStore(client, name);
}

describe('archive on the embedded engines', () => {
  it('holds every record that reached the stream for replay, also the undecodable, through crashes', async () => {
    const objects = await bucket('archive');
    const handler = create({ ...baseServices({ consumer: 'archive', values: {} }), objects });
    const { insert, modify } = kinesisRecords();
    const users = Array.from({ length: 60 }, (_, number) => ({ id: `u-${number}`, email: `${number}@example.com` }));
    const records = users.flatMap((user) => [insert(user), modify(user, { ...user, name: `Name of ${user.id}` })]);
    const [first] = records;
    if (first === undefined) throw new Error('there are records');
    const garbled = { ...first, kinesis: { ...first.kinesis, data: Buffer.from('no JSON').toString('base64') } };

    const mapping = await kinesis.startMapping({
      handler,
      mapping: { BatchSize: 50, MaximumBatchingWindowInSeconds: 0 },
      mishaps: ['throttled', 'killAfter', 'none', 'killBefore', 'killAfter'],
    });
    await kinesis.put(records);
    await kinesis.put([garbled]);
    const total = records.length + 1;
    await vi.waitFor(() => expect(mapping.status().metrics.processed).toBe(total), { timeout: 60_000 });
    await mapping.stop();

    const keys = await objects.list('archive/users-changes/');
    const batches = await Promise.all(
      keys.map(async (key) => readBatches((await objects.getBytes(key)) ?? new Uint8Array())),
    );
    const archived = new Set(batches.flat().flatMap((batch) => batch.records.map(({ record }) => dataOf(record))));
    expect(archived).toEqual(new Set([...records, garbled].map(dataOf)));

    const { effects } = await replay({
      definition: searchIndex,
      create: createSearchIndex,
      table,
      totals,
      batches: batches.flat(),
      nowMs: Date.now(),
    });
    const names = effects.flatMap((effect) => (effect.kind === 'document' ? [String(effect.document.name)] : []));
    expect(names.sort()).toEqual(users.map(({ id }) => `Name of ${id}`).sort());
    expect(effects.filter(({ kind }) => kind === 'deadLetter')).toHaveLength(1);
  });

  it('is found by its prefix: stream, then hour, then shard', async () => {
    const keys = await s3ObjectStore(client, 'archive').list('archive/');
    const form = /^archive\/users-changes\/\d{4}\/\d\d\/\d\d\/\d\d\/shardId-00000000000[01]\/\d+-\d+\.jsonl\.gz$/;
    expect(keys.filter((key) => !form.test(key))).toEqual([]);
    expect(new Set(keys.map((key) => key.split('/')[6])).size).toBe(2);
  });
});

function dataOf(record: unknown): unknown {
  return (record as { kinesis?: { data?: unknown } }).kinesis?.data;
}
