import { beforeEach, describe, expect, it } from 'vitest';
import { processBatch } from '../../shared/batch/process-batch.ts';
import type { AttributeMap } from '../../shared/change/attribute-value.ts';
import { parseKinesisRecord } from '../../shared/change/from-kinesis.ts';
import type { SearchService } from '../../shared/services/opensearch/port.ts';
import { createSearchTwin } from '../../shared/services/opensearch/twin.ts';
import { searchIndexFor } from '../../shared/sinks/search-index/resources.ts';
import { createSearchIndexSink } from '../../shared/sinks/search-index/sink.ts';
import { kinesisRecords } from '../../shared/testing/record-builder.ts';
import { table } from '../table.ts';
import { searchFields, searchIndexEffects } from './effects.ts';

const { index, mappings } = searchIndexFor(table);
const ada = { id: 'u-1', email: 'ada@example.com', name: 'Ada' };

let nowMs: number;
let search: SearchService;
let item: AttributeMap | undefined;
let reads: number;
let deadLetters: string[];

beforeEach(() => {
  nowMs = Date.UTC(2026, 0, 1);
  search = createSearchTwin({ mappings: { [index]: mappings }, gcDeletesMs: 60_000, nowMs: () => nowMs });
  item = undefined;
  reads = 0;
  deadLetters = [];
});

function deliver(records: readonly unknown[], through: SearchService = search) {
  return processBatch({
    records,
    parse: (record) => parseKinesisRecord(record, { region: 'eu-west-1' }),
    effects: searchIndexEffects(table),
    sink: createSearchIndexSink({
      search: through,
      indices: async () => [index],
      readItem: async () => {
        reads += 1;
        return item;
      },
      fieldsOf: searchFields(table),
    }),
    consumer: 'search-index',
    deadLetters: { store: async ({ position }) => void deadLetters.push(position.sequenceNumber) },
    limits: { remainingMs: () => 60_000 },
  });
}

async function shown() {
  const documents = await search.search({
    index,
    filters: [{ field: 'tributary.deleted', equals: false }],
    limit: 100,
  });
  return documents.map(({ document: { tributary: _mark, ...fields } }) => fields);
}

const done = { batchItemFailures: [] };
/** Microseconds after a fixed moment. */
const at = (afterMicroseconds: bigint, sequenceNumber?: string, eventId?: string) => ({
  createdAtMicroseconds: 1_767_225_600_000_000n + afterMicroseconds,
  ...(sequenceNumber === undefined ? {} : { sequenceNumber }),
  ...(eventId === undefined ? {} : { eventId }),
});
const renamed = (name: string) => ({ ...ada, name });

describe('search-index: each document equals the newest version of its item, in any delivery order', () => {
  it('S1: a batch that holds [v3, v2] leaves v3, not what stands last', async () => {
    const { insert, modify } = kinesisRecords();
    await deliver([insert(ada, at(1_000n, '10'))]);
    expect(
      await deliver([
        modify(renamed('two'), renamed('three'), at(3_000n, '11')),
        modify(ada, renamed('two'), at(2_000n, '12')),
      ]),
    ).toEqual(done);
    expect(await shown()).toEqual([renamed('three')]);
  });

  it('an older change that arrives in a later batch is stale', async () => {
    const { insert, modify } = kinesisRecords();
    await deliver([modify(ada, renamed('two'), at(2_000n, '10'))]);
    expect(await deliver([insert(ada, at(1_000n, '11'))])).toEqual(done);
    expect(await shown()).toEqual([renamed('two')]);
    expect(reads).toBe(0);
  });

  it('S2: a removal that carries the old stamp leaves no ghost: order is creation time, not the stamp', async () => {
    const stamped = { ...ada, _v: '0001' };
    const { insert, remove } = kinesisRecords();
    await deliver([insert(stamped, at(1_000n, '10'))]);
    await deliver([remove(stamped, at(2_000n, '11'))]);
    expect(await shown()).toEqual([]);
  });

  it('a late older write cannot resurrect what was removed, however long ago: a tombstone is a document', async () => {
    const { insert, modify, remove } = kinesisRecords();
    await deliver([insert(ada, at(1_000n, '10'))]);
    await deliver([remove(renamed('two'), at(3_000n, '11'))]);
    nowMs += 24 * 3_600_000;
    expect(await deliver([modify(ada, renamed('two'), at(2_000n, '12'))])).toEqual(done);
    expect(await shown()).toEqual([]);
  });

  it('S3: of two changes of one microsecond in one batch the item itself tells which was last', async () => {
    const { insert, modify } = kinesisRecords();
    item = { id: { S: 'u-1' }, email: { S: ada.email }, name: { S: 'first' } };
    expect(
      await deliver([
        modify(renamed('second'), renamed('first'), at(5_000n, '11', 'b')),
        insert(renamed('second'), at(5_000n, '10', 'a')),
      ]),
    ).toEqual(done);
    expect(await shown()).toEqual([renamed('first')]);
    expect(reads).toBe(1);
  });

  it('S3: two changes of one microsecond in two batches are settled by the item as well', async () => {
    const { insert, modify } = kinesisRecords();
    item = { id: { S: 'u-1' }, email: { S: ada.email }, name: { S: 'second' } };
    await deliver([modify(ada, renamed('second'), at(5_000n, '10', 'b'))]);
    await deliver([insert(ada, at(5_000n, '11', 'a'))]);
    expect(await shown()).toEqual([renamed('second')]);
    // Both are known to the document now: neither is read for again.
    await deliver([insert(ada, at(5_000n, '12', 'a')), modify(ada, renamed('second'), at(5_000n, '13', 'b'))]);
    expect(reads).toBe(2);
  });

  it('S4: the duplicate of a put is known by its identity, so no pending write of it can undo a removal', async () => {
    const { insert, remove } = kinesisRecords();
    await deliver([insert(ada, at(5_000n, '10', 'put'))]);
    const pending: (() => Promise<unknown>)[] = [];
    const held: SearchService = {
      ...search,
      bulk: async (operations) => {
        const late = operations.filter(({ versionType }) => versionType === 'external_gte');
        if (late.length === 0) return search.bulk(operations);
        pending.push(() => search.bulk(operations));
        throw new Error('the invocation is killed while its write is on the way');
      },
    };
    item = { id: { S: 'u-1' }, email: { S: ada.email }, name: { S: 'Ada' } };
    await deliver([insert(ada, at(5_000n, '11', 'put'))], held);
    item = undefined;
    await deliver([remove(ada, at(5_000n, '12', 'delete'))]);
    for (const write of pending) await write();
    expect(await shown()).toEqual([]);
  });

  it('a duplicate changes nothing and costs no read of the item', async () => {
    const { insert } = kinesisRecords();
    await deliver([insert(ada, at(1_000n, '10', 'same'))]);
    await deliver([insert(ada, at(1_000n, '11', 'same'))]);
    expect(await shown()).toEqual([ada]);
    expect(reads).toBe(0);
  });

  it('keeps every digit of a number and leaves out what is not declared for search', async () => {
    const { insert } = kinesisRecords();
    const balance = 12_345_678;
    await deliver([insert({ ...ada, balance, attributes: { shoe: 'large' } }, at(1_000n, '10'))]);
    expect(await shown()).toEqual([{ ...ada, balance: '12345678' }]);
  });

  it('makes a dead letter of an item that cannot be indexed and goes on with the others', async () => {
    const { insert } = kinesisRecords();
    const broken = { id: 'u-2', email: 42, name: 'B' };
    expect(await deliver([insert(broken, at(1_000n, '10')), insert(ada, at(2_000n, '11'))])).toEqual(done);
    expect(deadLetters).toEqual(['10']);
    expect(await shown()).toEqual([ada]);
  });

  it('refuses creation times in milliseconds: they cannot order two writes of one item', async () => {
    const { insert } = kinesisRecords({ precision: 'millisecond' });
    await expect(deliver([insert(ada, { sequenceNumber: '10' })])).rejects.toThrowError(/MICROSECOND/);
  });

  it('leaves records unresolved while OpenSearch throttles, and applies them when it is back', async () => {
    const { insert } = kinesisRecords();
    const throttled: SearchService = {
      ...search,
      bulk: async (operations) => operations.map(() => ({ status: 429, errorType: 'es_rejected_execution_exception' })),
    };
    const record = insert(ada, at(1_000n, '10'));
    expect(await deliver([record], throttled)).toEqual({ batchItemFailures: [{ itemIdentifier: '10' }] });
    expect(deadLetters).toEqual([]);
    expect(await deliver([record])).toEqual(done);
    expect(await shown()).toEqual([ada]);
  });
});
