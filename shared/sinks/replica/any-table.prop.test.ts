import fc from 'fast-check';
import { expect, it } from 'vitest';
import { processBatch } from '../../batch/process-batch.ts';
import type { AttributeMap } from '../../change/attribute-value.ts';
import { parseStreamRecord } from '../../change/from-stream.ts';
import { sameImage } from '../../change/same-image.ts';
import { toImage, toItem } from '../../services/dynamodb/image.ts';
import { dynamoDbTwin } from '../../services/dynamodb/twin/dynamodb-twin.ts';
import type { StreamRecord } from '../../services/dynamodb/twin/stream-record.ts';
import { attributeValues } from '../../testing/arbitraries.ts';
import { secondSchema } from '../../testing/second-schema.ts';
import { activeActiveEffects } from './effects.ts';
import { conflictsTable } from './resources.ts';
import { createActiveActiveSink } from './sink.ts';

const { table } = secondSchema;
const regions = ['eu-central-1', 'eu-west-1'] as const;

const keys = fc.record({
  device: fc.constantFrom({ N: '1' }, { N: '-2.5' }),
  entry: fc.constantFrom({ B: 'AA==' }, { B: '/wA=' }),
});
/** One after another, in either region: a put of anything under a key, or a deletion. */
const writes = fc.array(
  fc.record({
    region: fc.nat({ max: 1 }),
    keys,
    attributes: fc.option(fc.dictionary(fc.constantFrom('what', 'a', 'b'), attributeValues, { maxKeys: 3 })),
  }),
  { minLength: 1, maxLength: 8 },
);

it('a table with any keys and attributes of any type converges, nothing of it read but the stamp', async () => {
  await fc.assert(
    fc.asyncProperty(writes, async (plan) => {
      const world = pairOf();
      for (const write of plan) await world.write(write);
      await world.settle();
      expect(world.items(1)).toEqual(world.items(0));
      const live = world.items(0).filter(({ gone }) => gone === undefined);
      for (const item of live) {
        const { stamp, ...rest } = item;
        expect(stamp).toBeDefined();
        expect(plan.some((write) => sameImage({ ...write.attributes, ...write.keys }, rest))).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
});

function pairOf() {
  const nowMs = 1_767_225_600_000;
  const streams: StreamRecord[][] = [[], []];
  const twins = regions.map((region, index) =>
    dynamoDbTwin({
      tables: [table, conflictsTable],
      region,
      nowMs: () => nowMs,
      onChange: ({ tableName, record }) => {
        if (tableName === table.name) streams[index]?.push(record);
      },
    }),
  );
  const deliver = async (from: 0 | 1) => {
    const [home, remote] = from === 0 ? twins : twins.toReversed();
    if (home === undefined || remote === undefined) throw new Error('there are two regions');
    const [homeRegion, remoteRegion] = from === 0 ? regions : [regions[1], regions[0]];
    const { batchItemFailures } = await processBatch({
      records: streams[from]?.splice(0) ?? [],
      parse: (record) => parseStreamRecord(record, { region: homeRegion }),
      effects: activeActiveEffects({ table, region: homeRegion }),
      sink: createActiveActiveSink({
        table,
        home: { dynamodb: home, tableName: table.name, region: homeRegion },
        remote: { dynamodb: remote, tableName: table.name, region: remoteRegion },
        conflicts: { dynamodb: home, tableName: conflictsTable.name },
        clock: { nowMs: () => nowMs, sleep: async () => undefined },
        observe: () => undefined,
      }),
      consumer: 'replicator',
      deadLetters: { store: () => Promise.reject(new Error('no record is poison')) },
      limits: { remainingMs: () => 60_000 },
    });
    expect(batchItemFailures).toEqual([]);
  };
  return {
    write: async (write: { region: number; keys: AttributeMap; attributes: AttributeMap | null }) => {
      const twin = twins[write.region];
      const Key = toItem(write.keys);
      if (write.attributes === null) await twin?.deleteItem({ TableName: table.name, Key });
      else await twin?.putItem({ TableName: table.name, Item: { ...toItem(write.attributes), ...Key } });
    },
    settle: async () => {
      for (let round = 0; streams.some((stream) => stream.length > 0); round += 1) {
        expect(round).toBeLessThan(10);
        await deliver(0);
        await deliver(1);
      }
    },
    items: (index: number) => {
      const items = (twins[index]?.items(table.name) ?? []).map(toImage);
      return items.toSorted((a, b) =>
        JSON.stringify([a.device, a.entry]) < JSON.stringify([b.device, b.entry]) ? -1 : 1,
      );
    },
  };
}
