import { beforeEach, describe, expect, it } from 'vitest';
import type { RecordedBatch } from '../../shared/batch/recorded-batch.ts';
import { readBatches } from '../../shared/operations/batch-file.ts';
import { replay } from '../../shared/operations/replay.ts';
import type { ObjectStore } from '../../shared/services/s3/port.ts';
import { objectStoreTwin } from '../../shared/services/s3/twin.ts';
import { baseServices, invocationContext } from '../../shared/testing/base-services.ts';
import { kinesisRecords } from '../../shared/testing/record-builder.ts';
import { totals } from '../aggregates/totals.ts';
import { definition as searchIndex } from '../search-index/definition.ts';
import { create as createSearchIndex } from '../search-index/handler.ts';
import { table } from '../table.ts';
import { definition as usageAnalytics } from '../usage-analytics/definition.ts';
import { create as createUsageAnalytics } from '../usage-analytics/handler.ts';
import { definition } from './definition.ts';
import { create } from './handler.ts';

const ada = { id: 'u-1', email: 'ada@example.com', name: 'Ada' };
const { insert, modify, remove } = kinesisRecords({
  streamArn: 'arn:aws:kinesis:eu-west-1:123456789012:stream/users-changes',
});
const records = [
  insert(ada, { sequenceNumber: '101' }),
  insert({ ...ada, id: 'u-2' }, { sequenceNumber: '102' }),
  modify(ada, { ...ada, name: 'Ada L.' }, { sequenceNumber: '103' }),
  remove({ ...ada, id: 'u-2' }, { sequenceNumber: '104' }),
];
const [first] = records;
const key = 'archive/users-changes/2026/01/01/00/shardId-000000000000/101-104.jsonl.gz';

let objects: ObjectStore;

beforeEach(() => {
  objects = objectStoreTwin();
});

function deliver(Records: readonly unknown[], through = objects) {
  const handler = create({ ...baseServices({ consumer: 'archive', values: {} }), objects: through });
  return handler({ Records }, invocationContext);
}

async function archived(): Promise<readonly RecordedBatch[]> {
  const keys = await objects.list('archive/');
  const files = await Promise.all(keys.map((each) => objects.getBytes(each)));
  return files.flatMap((file) => readBatches(file ?? new Uint8Array()));
}

const done = { batchItemFailures: [] };

/** An object store whose puts end so; `lost`: stored, and the answer never comes. */
function failing(name: string, { isStored = false } = {}): ObjectStore {
  return {
    ...objects,
    put: async (object) => {
      if (isStored) await objects.put(object);
      throw Object.assign(new Error('S3 said no'), { name });
    },
  };
}

describe('archive: every record that reached the stream, as it was delivered', () => {
  it('keeps a batch as one gzipped batch file, named by stream, hour, shard and range', async () => {
    expect(await deliver(records)).toEqual(done);
    expect(await objects.list('')).toEqual([key]);
    expect([...((await objects.getBytes(key)) ?? [])].slice(0, 2)).toEqual([0x1f, 0x8b]);
    const [batch] = await archived();
    expect(batch?.header).toEqual({
      source: 'kinesis',
      streamArn: 'arn:aws:kinesis:eu-west-1:123456789012:stream/users-changes',
      shardId: 'shardId-000000000000',
      redaction: 'none',
    });
    expect(batch?.records.map(({ record }) => record)).toEqual(records);
    expect(batch?.records[0]?.arrivedAt).toBe('2026-01-01T00:00:01.000Z');
  });

  it('a batch that comes again replaces itself, byte by byte', async () => {
    await deliver(records);
    const before = await objects.getBytes(key);
    await deliver(records);
    expect(await objects.list('')).toEqual([key]);
    expect(await objects.getBytes(key)).toEqual(before);
  });

  it.each([
    { what: 'data that is not JSON', record: { ...first, kinesis: { ...first?.kinesis, data: '####' } } },
    { what: 'no data', record: { ...first, kinesis: { sequenceNumber: '101' } } },
    { what: 'a time beyond all dates', record: withArrival(1e300) },
    { what: 'a time that is none', record: withArrival('yesterday') },
  ])('keeps what nobody can decode: $what', async ({ record }) => {
    expect(await deliver([record])).toEqual(done);
    expect((await archived())[0]?.records[0]?.record).toEqual(JSON.parse(JSON.stringify(record)));
  });

  it('leaves the whole batch unresolved while it cannot be stored', async () => {
    expect(await deliver(records, failing('SlowDown'))).toEqual({ batchItemFailures: [{ itemIdentifier: '101' }] });
    expect(await deliver(records)).toEqual(done);
    expect(await objects.list('')).toEqual([key]);
  });

  it.each(['NoSuchBucket', 'AccessDenied'])('fails with what to mend when S3 says %s', async (name) => {
    await expect(deliver(records, failing(name))).rejects.toThrow(/bucket's name, its region or the .* permissions/);
  });
});

describe('archive: replay reads it', () => {
  const delivered: RecordedBatch = {
    header: { source: 'kinesis', streamArn: 'arn', redaction: 'none' },
    records: records.map((record) => ({ record })),
  };

  const consumers = [
    { definition: searchIndex, create: createSearchIndex },
    { definition: usageAnalytics, create: createUsageAnalytics },
  ];

  it.each(consumers)('a batch and its archive have the same effects through $definition.name', async (consumer) => {
    await deliver(records);
    const common = { ...consumer, table, totals, nowMs: 0 };
    const { effects } = await replay({ ...common, batches: await archived() });
    expect(effects.length).toBeGreaterThan(0);
    expect(effects).toEqual((await replay({ ...common, batches: [delivered] })).effects);
  });

  it('parts that overlap, because an answer was lost and the batch was halved, index the same documents', async () => {
    await deliver(records, failing('TimeoutError', { isStored: true }));
    await deliver(records.slice(0, 2));
    await deliver(records.slice(2));
    const batches = await archived();
    expect(batches.map((batch) => batch.records.length)).toEqual([2, 4, 2]);
    const common = { definition: searchIndex, create: createSearchIndex, table, totals, nowMs: 0 };
    const { effects } = await replay({ ...common, batches });
    expect(effects).toEqual((await replay({ ...common, batches: [delivered] })).effects);
  });

  it('an archive through the archive is the same object', async () => {
    await deliver(records);
    const { effects } = await replay({
      definition,
      create,
      table,
      totals,
      batches: await archived(),
      nowMs: 0,
    });
    expect(effects).toEqual([{ kind: 'object', key, bytes: (await objects.getBytes(key))?.length }]);
  });
});

function withArrival(approximateArrivalTimestamp: unknown) {
  return { ...first, kinesis: { ...first?.kinesis, approximateArrivalTimestamp } };
}
