import { describe, expect, it } from 'vitest';
import { create as createAggregates } from '../../functions/aggregates/handler.ts';
import { totals } from '../../functions/aggregates/totals.ts';
import { registry } from '../../functions/registry.ts';
import { create as createSearchIndex } from '../../functions/search-index/handler.ts';
import { table } from '../../functions/table.ts';
import { create as createWelcomeEmail } from '../../functions/welcome-email/handler.ts';
import type { RecordedBatch } from '../batch/recorded-batch.ts';
import type { StreamConsumerDefinition } from '../runtime/consumer-definition.ts';
import { kinesisRecords, streamRecords } from '../testing/record-builder.ts';
import { type ReplayOptions, replay } from './replay.ts';

const creators = {
  aggregates: createAggregates,
  'search-index': createSearchIndex,
  'welcome-email': createWelcomeEmail,
} as const;
const ada = { id: 'u-1', email: 'ada@example.com', name: 'Ada', country: 'FR', plan: 'free', balance: 10 };
const eva = { id: 'u-2', email: 'eva@example.com', name: 'Eva', country: 'FR', plan: 'team', balance: 2 };
/** Microseconds of 2026. */
const newYear = 1_767_225_600_000_000n;
const nextYearMs = Date.UTC(2027, 0, 1);

function definitionOf(name: keyof typeof creators): StreamConsumerDefinition {
  const definition = registry.find((each) => each.name === name);
  if (definition === undefined || !('strategy' in definition)) throw new Error(`${name} has no mapping`);
  return definition;
}

function batchOf(source: 'stream' | 'kinesis', records: readonly { readonly eventSourceARN: string }[]): RecordedBatch {
  const streamArn = records[0]?.eventSourceARN ?? '';
  return {
    header: { source, streamArn, shardId: 'shardId-000000000000', redaction: 'none' },
    records: records.map((record) => ({ arrivedAt: '2026-01-01T00:01:00.000Z', record })),
  };
}

function replayed(name: keyof typeof creators, batches: readonly RecordedBatch[], changed?: Partial<ReplayOptions>) {
  const definition = definitionOf(name);
  return replay({ definition, create: creators[name], table, totals, batches, nowMs: nextYearMs, ...changed });
}

describe('replay: aggregates', () => {
  it('tells totals by name and group, all slices added up, and none of the rows that protect them', async () => {
    const { insert, modify } = streamRecords();
    const records = [insert(ada), insert(eva), modify(ada, { ...ada, country: 'DE' })];
    const { effects } = await replayed('aggregates', [batchOf('stream', records)]);
    expect(effects).toEqual([
      { kind: 'total', total: 'users-by-country', group: 'DE', count: '1', sum: '10' },
      { kind: 'total', total: 'users-by-country', group: 'FR', count: '1', sum: '2' },
      { kind: 'total', total: 'users-by-plan', group: 'free', count: '1', sum: '10' },
      { kind: 'total', total: 'users-by-plan', group: 'team', count: '1', sum: '2' },
    ]);
  });

  it('tells items that a total cannot read without a group, and takes away what was there before', async () => {
    const { insert, remove } = streamRecords();
    const records = [remove(eva), insert({ ...ada, country: 7 })];
    const { effects } = await replayed('aggregates', [batchOf('stream', records)]);
    const byCountry = effects.filter((effect) => effect.kind === 'total' && effect.total === 'users-by-country');
    expect(byCountry).toEqual([
      { kind: 'total', total: 'users-by-country', group: 'FR', count: '-1', sum: '-2' },
      { kind: 'total', total: 'users-by-country', count: '1' },
    ]);
  });

  it('counts a batch that comes twice once', async () => {
    const batch = batchOf('stream', [streamRecords().insert(ada)]);
    const { batches, effects } = await replayed('aggregates', [batch, batch]);
    expect(batches.map(({ outcomes }) => outcomes)).toEqual([{ applied: 1 }, { duplicate: 1 }]);
    expect(effects).toEqual((await replayed('aggregates', [batch])).effects);
  });
});

describe('replay: search-index', () => {
  it('tells documents by id with their version, tombstones as deleted, poison as dead letters', async () => {
    const { insert, remove } = kinesisRecords();
    const at = (after: bigint) => ({ createdAtMicroseconds: newYear + after, sequenceNumber: `9${after}` });
    const records = [insert(eva, at(7n)), remove(ada, at(8n)), insert({ id: 'u-3', email: 5 }, at(9n))];
    const { batches, effects } = await replayed('search-index', [batchOf('kinesis', records)]);
    const found = { ...eva, balance: '2' };
    expect(effects).toEqual([
      { kind: 'document', id: 'u-1', version: `${newYear + 8n}`, deleted: true, document: {} },
      { kind: 'document', id: 'u-2', version: `${newYear + 7n}`, deleted: false, document: found },
      {
        kind: 'deadLetter',
        sequenceNumber: '99',
        code: 'invalid-attribute',
        message: 'newImage.email: is not a string',
      },
    ]);
    expect(batches).toEqual([{ records: 3, outcomes: { applied: 2, deadLettered: 1 } }]);
  });

  it('settles two changes of one microsecond by the item as the recording left it', async () => {
    const { insert, modify } = kinesisRecords();
    const at = (sequenceNumber: string) => ({ createdAtMicroseconds: newYear, sequenceNumber });
    const records = [insert(ada, at('1')), modify(ada, { ...ada, name: 'Ada L.' }, at('2'))];
    const { effects } = await replayed('search-index', [batchOf('kinesis', records)]);
    expect(effects).toMatchObject([{ id: 'u-1', deleted: false, document: { name: 'Ada L.' } }]);
  });

  it('fails as the function would when a batch cannot be ordered at all', async () => {
    const records = [kinesisRecords({ precision: 'millisecond' }).insert(ada)];
    await expect(replayed('search-index', [batchOf('kinesis', records)])).rejects.toThrowError(/MICROSECOND/);
  });
});

describe('replay: welcome-email', () => {
  it('shows one mail for a record that is in the batch twice', async () => {
    const { insert } = kinesisRecords();
    const records = [insert(ada, { eventId: 'once' }), insert(eva), insert(ada, { eventId: 'once' })];
    const { batches, effects } = await replayed('welcome-email', [batchOf('kinesis', records)]);
    expect(effects).toEqual([
      { kind: 'email', to: 'ada@example.com', subject: 'Welcome, Ada!' },
      { kind: 'email', to: 'eva@example.com', subject: 'Welcome, Eva!' },
    ]);
    expect(batches[0]?.outcomes).toEqual({ applied: 2, duplicate: 1 });
  });

  it('lets time stand where the batch was recorded: an old recording sends as it did then', async () => {
    const recorded = batchOf('kinesis', [kinesisRecords().insert(ada)]);
    const withoutArrival = { ...recorded, records: recorded.records.map(({ record }) => ({ record })) };
    expect((await replayed('welcome-email', [withoutArrival])).effects).toHaveLength(1);
  });
});

describe('replay: every consumer', () => {
  it('gives the same result for the same batches', async () => {
    const { insert, modify } = kinesisRecords();
    const batch = batchOf('kinesis', [insert(ada), insert(eva), modify(ada, { ...ada, name: 'A.' })]);
    const result = async () => JSON.stringify(await replayed('search-index', [batch]), undefined, 2);
    expect(await result()).toBe(await result());
  });

  it('tells from which record on a batch would come again', async () => {
    const batch = batchOf('kinesis', [kinesisRecords().insert(ada)]);
    const create = () => async () => ({ batchItemFailures: [{ itemIdentifier: '42' }] });
    const { batches } = await replayed('search-index', [batch], { create });
    expect(batches).toEqual([{ records: 1, outcomes: {}, unresolvedFrom: '42' }]);
  });
});
