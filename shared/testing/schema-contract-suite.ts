import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentId } from '../sinks/search-index/document.ts';
import type { Choose, SchemaUnderTest, SearchConsumer } from './schema-contract.ts';
import { aggregatesPath, searchPath } from './schema-contract-delivery.ts';
import { startHistory } from './schema-contract-history.ts';
import { recountDocuments, recountTotals } from './schema-contract-recount.ts';

/** What holds for every table: the whole way from a write to an aggregate and a document, whatever keys look like. */
export function describeSchemaContract(schema: SchemaUnderTest, search: SearchConsumer): void {
  describe(`the table ${schema.table.name}`, () => {
    it('any history of writes ends in aggregates and documents that equal a recount', async () => {
      await fc.assert(
        fc.asyncProperty(fc.gen(), (generate) => runHistory(schema, search, chooserOf(generate))),
        { numRuns: 30, endOnFailure: true },
      );
    }, 20_000);

    it('distinct keys have distinct document ids that OpenSearch takes', () => {
      const ids = schema.keys.map((key) => documentId(key, schema.table));
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.filter((id) => Buffer.byteLength(id) > 512)).toEqual([]);
    });
  });
}

/** Writes and deliveries take turns, so that what a consumer reads of an item is ahead of what it was told. */
async function runHistory(schema: SchemaUnderTest, search: SearchConsumer, choose: Choose): Promise<void> {
  const history = startHistory(schema, choose);
  const aggregates = aggregatesPath(schema, choose);
  const documents = searchPath({ schema, search, choose, source: history.twin });
  for (let turn = 0; turn < 6; turn += 1) {
    const changes = await history.write(choose.integer(1, 10));
    aggregates.take(changes);
    documents.take(changes);
    if (choose.once(2)) await aggregates.deliverSome();
    if (choose.once(2)) await documents.deliverSome();
  }
  await aggregates.drain();
  await documents.drain();
  expect(await aggregates.totals()).toEqual(recountTotals(schema, history.items()));
  expect(await documents.visible()).toEqual(recountDocuments(schema, history.items()));
}

function chooserOf(generate: fc.GeneratorValue): Choose {
  const integer = (min: number, max: number): number => generate(fc.integer, { min, max });
  return {
    integer,
    pick: (values) => {
      const value = values[integer(0, values.length - 1)];
      if (value === undefined) throw new RangeError('there is nothing to choose from');
      return value;
    },
    once: (times) => integer(1, times) === 1,
  };
}
