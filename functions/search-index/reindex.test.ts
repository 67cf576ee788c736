import { beforeEach, describe, expect, it } from 'vitest';
import { leaveOldIndex, reindex, rollBackReindex } from '../../shared/operations/reindex/reindex.ts';
import type { ReindexOptions } from '../../shared/operations/reindex/reindex-options.ts';
import { readReindex } from '../../shared/operations/reindex/reindex-state.ts';
import type { SearchService } from '../../shared/services/opensearch/port.ts';
import { searchIndexFor } from '../../shared/sinks/search-index/resources.ts';
import { baseServices, invocationContext } from '../../shared/testing/base-services.ts';
import { type OperatedTarget, operatedTarget } from '../../shared/testing/operated-target.ts';
import { kinesisRecords } from '../../shared/testing/record-builder.ts';
import { registry } from '../registry.ts';
import { table } from '../table.ts';
import { searchFields, searchIndexEffects } from './effects.ts';
import { create } from './handler.ts';

const { index: old, alias, versions } = searchIndexFor(table);
const next = `${table.name}-v2`;
const user = (name: string) => ({ id: 'u-1', email: 'ada@example.com', name });
const marginMs = 60_000;
const settlingMs = 180_000;

let world: OperatedTarget;
let records: ReturnType<typeof kinesisRecords>;
/** What happens while the reindex waits for invocations that know one index only. */
let whileSettling: () => Promise<void>;
let options: ReindexOptions;

beforeEach(async () => {
  world = operatedTarget({ table, registry });
  records = kinesisRecords();
  whileSettling = async () => undefined;
  await world.search.admin.moveAlias({ alias, filter: {}, to: old });
  options = {
    ...{ region: 'eu-west-1', search: world.search, admin: world.search.admin, first: old, clockMarginMs: marginMs },
    source: { dynamodb: world.dynamodb, tableName: table.name, definition: table },
    ...{ effects: searchIndexEffects(table), fieldsOf: searchFields(table), clock: world.clock },
    settle: async () => {
      await whileSettling();
      world.now.ms += settlingMs;
    },
    refusedSince: async () => 0,
    report: () => undefined,
  };
});

/** Seconds from now. */
const at = (seconds: number) => ({ createdAtMicroseconds: BigInt(world.now.ms + seconds * 1000) * 1000n });

/** One invocation of the deployed handler; `through` stands in for what it sees of the search service. */
async function deliver(batch: readonly unknown[], through: SearchService = world.search): Promise<void> {
  const services = {
    ...baseServices({ consumer: 'search-index', values: { SEARCH_INDEX: old, SOURCE_TABLE: table.name } }),
    ...{ search: through, dynamodb: world.dynamodb },
  };
  const { batchItemFailures } = await create(services)({ Records: batch }, invocationContext);
  expect(batchItemFailures).toEqual([]);
}

const put = (name: string) =>
  world.dynamodb.putItem({
    TableName: table.name,
    Item: { id: { S: 'u-1' }, email: { S: 'ada@example.com' }, name: { S: name } },
  });

/** What readers find of the user. */
async function shown(): Promise<unknown> {
  const filters = [{ field: 'tributary.deleted', equals: false }];
  const found = await world.search.search({ index: alias, filters, limit: 10 });
  return found.map(({ document }) => document.name);
}

describe('reindex: no document is missing or stale at any moment', () => {
  it('S6: a put that comes late, after a deletion that only the old index saw, resurrects nothing', async () => {
    const inserted = records.insert(user('Ada'), at(-7200));
    await deliver([records.remove(user('Ada'), at(-3600))]);
    whileSettling = () => deliver([inserted]);
    await reindex(options);
    expect(await world.search.admin.holdersOf(alias)).toEqual([next]);
    expect(await shown()).toEqual([]);
    await deliver([inserted]);
    expect(await shown()).toEqual([]);
  });

  it('S7: put, delete and put within a minute, the last of which only the old index saw', async () => {
    const deleted = records.remove(user('one'), at(-2));
    await deliver([records.insert(user('one'), at(-3)), deleted, records.insert(user('two'), at(-1))]);
    await put('two');
    whileSettling = () => deliver([deleted]);
    await reindex(options);
    expect(await shown()).toEqual(['two']);
    await deliver([deleted]);
    expect(await shown()).toEqual(['two']);
  });

  it('S8: an environment that served before the reindex writes to both indices from its next batch on', async () => {
    await deliver([records.insert(user('Ada'), at(-10))]);
    await put('Ada');
    const services = {
      ...baseServices({ consumer: 'search-index', values: { SEARCH_INDEX: old, SOURCE_TABLE: table.name } }),
      ...{ search: world.search, dynamodb: world.dynamodb },
    };
    const warm = create(services);
    await warm({ Records: [] }, invocationContext);
    await reindex(options);
    await warm({ Records: [records.modify(user('Ada'), user('Augusta'), at(5))] }, invocationContext);
    expect(await shown()).toEqual(['Augusta']);
  });

  it('takes a change that comes while the table is read, whichever index had it first', async () => {
    await put('Ada');
    await deliver([records.insert(user('Ada'), at(-10))]);
    const search: SearchService = {
      ...world.search,
      bulk: async (operations) => {
        const isScan = operations.some(({ index, id }) => index === next && id === 'u-1');
        if (isScan) {
          await deliver([records.modify(user('Ada'), user('Grace'), at(1))]);
          await put('Grace');
        }
        return world.search.bulk(operations);
      },
    };
    await reindex({ ...options, search });
    expect(await shown()).toEqual(['Grace']);
  });

  it('goes on where a killed process left off', async () => {
    await put('Ada');
    await deliver([records.insert(user('Ada'), at(-10))]);
    for (const step of ['settling', 'copying', 'scanning', 'switching']) {
      const killed = { ...options, report: (progress: { step: string }) => die(progress.step === step) };
      await reindex(killed).catch(() => undefined);
      expect(await shown()).toEqual(['Ada']);
    }
    expect((await reindex(options)).step).toBe('switched');
    expect(await shown()).toEqual(['Ada']);
  });

  it('refuses to be done by two at once', async () => {
    await put('Ada');
    let other: Promise<unknown> | undefined;
    const overtaken = {
      ...options,
      report: ({ step }: { step: string }) => {
        if (step === 'scanning') other ??= reindex(options);
      },
    };
    const first = await Promise.allSettled([reindex(overtaken)]);
    const second = await Promise.allSettled([other]);
    const refusals = [...first, ...second].flatMap((each) => (each.status === 'rejected' ? String(each.reason) : []));
    expect(refusals).toEqual([expect.stringMatching(/Another process/)]);
    await reindex(options);
    expect(await shown()).toEqual(['Ada']);
  });
});

describe('after a reindex', () => {
  it('both indices are written, so that readers can go back', async () => {
    await put('Ada');
    await reindex(options);
    await deliver([records.modify(user('Ada'), user('Grace'), at(1))]);
    await rollBackReindex(options);
    expect(await world.search.admin.holdersOf(alias)).toEqual([old]);
    expect(await shown()).toEqual(['Grace']);
    expect((await world.search.search({ index: old, filters: [], limit: 10 })).length).toBe(1);
    await expect(world.search.get({ index: next, ids: ['u-1'] })).rejects.toThrow(/index_not_found/);
  });

  it('readers who go back find what the table was read for, though its change has not come', async () => {
    await deliver([records.insert(user('Ada'), at(-10))]);
    await put('Grace');
    await reindex(options);
    expect(await shown()).toEqual(['Grace']);
    const killed = { ...options, report: ({ step }: { step: string }) => die(step === 'switching') };
    await expect(rollBackReindex(killed)).rejects.toThrow('killed');
    expect(await shown()).toEqual(['Grace']);
    expect(await rollBackReindex(options)).toMatchObject({ step: 'none', current: old, refused: 0 });
    expect(await world.search.admin.holdersOf(alias)).toEqual([old]);
    expect(await shown()).toEqual(['Grace']);
    await deliver([records.modify(user('Grace'), user('Hedy'), at(1))]);
    expect(await shown()).toEqual(['Hedy']);
  });

  it('what the old index does not take is told by going back', async () => {
    await put('Ada');
    await reindex(options);
    const misfit = { status: 400, errorType: 'mapper_parsing_exception' };
    const search: SearchService = {
      ...world.search,
      bulk: async (operations) =>
        operations.some(({ index }) => index === old) ? operations.map(() => misfit) : world.search.bulk(operations),
    };
    expect(await rollBackReindex({ ...options, search })).toMatchObject({ step: 'none', refused: 1 });
  });

  it('the old index goes when it is finished, and only the new one is written', async () => {
    await put('Ada');
    await reindex(options);
    await leaveOldIndex(options);
    await deliver([records.modify(user('Ada'), user('Grace'), at(1))]);
    expect(await shown()).toEqual(['Grace']);
    await expect(world.search.get({ index: old, ids: ['u-1'] })).rejects.toThrow(/index_not_found/);
    expect(await readReindex({ search: world.search, versions, first: old })).toMatchObject({
      ...{ step: 'none', current: next, written: [next] },
    });
    expect((await reindex(options)).current).toBe(`${table.name}-v3`);
  });
});

it('a reindex brings over documents of one moment, though they are more than it holds at once', async () => {
  const ids = Array.from({ length: 1_200 }, (_, key) => `u-${key}`);
  await deliver(ids.map((id) => records.remove({ ...user('Ada'), id }, at(-10))));
  await reindex(options);
  expect((await world.search.get({ index: next, ids })).size).toBe(ids.length);
});

it('a reindex keeps the document of an item that cannot be indexed any more', async () => {
  await put('Ada');
  await deliver([records.insert(user('Ada'), at(-10))]);
  await world.dynamodb.putItem({ TableName: table.name, Item: { id: { S: 'u-1' }, email: { N: '42' } } });
  await reindex(options);
  expect(await shown()).toEqual(['Ada']);
});

describe('a reindex does not switch', () => {
  it('to an index that refuses what can be found now', async () => {
    await put('Ada');
    await deliver([records.insert(user('Ada'), at(-10))]);
    const misfit = { status: 400, errorType: 'mapper_parsing_exception' };
    const search: SearchService = {
      ...world.search,
      bulk: async (operations) =>
        operations.some(({ index }) => index === next) ? operations.map(() => misfit) : world.search.bulk(operations),
    };
    await expect(reindex({ ...options, search })).rejects.toThrow(/refuses 1 items.*--roll-back/);
    expect(await world.search.admin.holdersOf(alias)).toEqual([old]);
  });

  it('while a change that an index refused waits as a dead letter', async () => {
    await put('Ada');
    await expect(reindex({ ...options, refusedSince: async () => 2 })).rejects.toThrow(/2 changes were refused/);
    expect(await world.search.admin.holdersOf(alias)).toEqual([old]);
    await reindex(options);
    expect(await world.search.admin.holdersOf(alias)).toEqual([next]);
  });
});

function die(isTime: boolean): void {
  if (isTime) throw new Error('killed');
}
