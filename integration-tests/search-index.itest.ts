import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSeededRandom } from '../local/demo/seeded-random.ts';
import type { FaultMode } from '../local/faults/fault-proxy.ts';
import type { SearchService } from '../shared/services/opensearch/port.ts';
import { type KinesisEvent, type SearchWorld, startSearchWorld } from './search-index-world.ts';

let world: SearchWorld;
let index: string;
let indices = 0;

beforeAll(async () => {
  world = await startSearchWorld();
  await world.writeUsers();
});

afterAll(() => world?.stop());

beforeEach(async () => {
  indices += 1;
  index = `users-${indices}`;
  await world.createIndex({ index, alias: `people-${indices}` });
});

/** Whole documents as readers see them, through the official client and the filtered alias, by id. */
async function shown(): Promise<unknown[]> {
  // A search sees what has been refreshed.
  await world.readers.indices.refresh({ index });
  const body = { query: { match_all: {} }, sort: [{ id: 'asc' as const }], size: 1_000 };
  const found = await world.readers.search({ index: `people-${indices}`, body });
  return found.body.hits.hits.map(({ _source }) => {
    const { tributary: _mark, ...document } = (_source ?? {}) as Record<string, unknown>;
    return document;
  });
}

/** What the table holds now, as documents. */
async function expected(): Promise<unknown[]> {
  const { Items = [] } = await world.tables.send(new ScanCommand({ TableName: 'users', ConsistentRead: true }));
  const texts = ['id', 'email', 'name', 'country', 'plan', 'status', 'createdAt'] as const;
  const documents = Items.map((item) => ({
    ...Object.fromEntries(texts.map((name) => [name, item[name]?.S])),
    id: item.id?.S,
    balance: item.balance?.N,
  }));
  return documents.toSorted((a, b) => (String(a.id) < String(b.id) ? -1 : 1));
}

/** Cuts into batches of 1 to 40, as a mapping would. */
function inBatches(records: readonly KinesisEvent[], integer: (least: number, most: number) => number) {
  const batches: KinesisEvent[][] = [];
  for (let at = 0; at < records.length; ) {
    const size = integer(1, 40);
    batches.push(records.slice(at, at + size));
    at += size;
  }
  return batches;
}

describe('search-index: each document equals the newest version of its item, in any delivery order', () => {
  it.each([1, 2, 3, 4])('shuffled, with duplicates, in batches of any size (seed %i)', async (seed) => {
    const random = createSeededRandom(seed);
    const records = await world.records();
    const delivered = random.shuffled([...records, ...records.filter(() => random.chance(0.3))]);
    for (const batch of inBatches(world.renumbered(delivered), random.integer)) await world.deliver(index, batch);
    expect(await shown()).toEqual(await expected());
  });

  it('newest first, when OpenSearch has forgotten what it deleted, and tombstones have not', async () => {
    const records = await world.records();
    for (const batch of inBatches(world.renumbered(records.toReversed()), () => 25)) {
      await world.deliver(index, batch);
      // Deletions are forgotten with a refresh.
      await world.readers.indices.refresh({ index });
    }
    expect(await shown()).toEqual(await expected());
    const { body } = await world.readers.count({ index });
    expect(body.count).toBe(new Set(records.map(({ id }) => id)).size);
  });

  it('changes of one microsecond, told apart by the item itself', async () => {
    const random = createSeededRandom(5);
    const records = await world.records({ microsecondsPerTick: 400 });
    const times = records.map(({ id, createdAt }) => `${id} ${createdAt}`);
    expect(new Set(times).size).toBeLessThan(times.length);
    const delivered = random.shuffled([...records, ...records]);
    for (const batch of inBatches(world.renumbered(delivered), random.integer)) await world.deliver(index, batch);
    expect(await shown()).toEqual(await expected());
  });

  it('through refusals, throttling and lost replies', async () => {
    const random = createSeededRandom(6);
    const faults: (FaultMode | undefined)[] = [];
    world.setFault(() => {
      const mode = random.pick(['refuse', 'throttle', 'dropReply'] as const);
      const fault = faults.length < 30 && random.chance(0.6) ? mode : undefined;
      faults.push(fault);
      return fault;
    });
    const records = random.shuffled(await world.records());
    for (const batch of inBatches(world.renumbered(records), random.integer)) await world.deliver(index, batch);
    world.setFault(() => undefined);
    expect(new Set(faults)).toEqual(new Set(['refuse', 'throttle', 'dropReply', undefined]));
    expect(await shown()).toEqual(await expected());
  });

  it('side by side, with the writes of killed invocations landing last', async () => {
    const random = createSeededRandom(7);
    const batches = inBatches(world.renumbered(random.shuffled(await world.records())), random.integer);
    const late: (() => Promise<unknown>)[] = [];
    const dying = (search: SearchService): SearchService => ({
      ...search,
      bulk: (operations) => {
        late.push(() => search.bulk(operations));
        return Promise.reject(new Error('killed'));
      },
    });
    for (const batch of batches) await world.deliver(index, batch, { through: dying, attempts: 1 });
    await Promise.all(batches.map((batch) => world.deliver(index, batch)));
    for (const write of random.shuffled(late)) await write();
    expect(late.length).toBe(batches.length);
    expect(await shown()).toEqual(await expected());
  });
});
