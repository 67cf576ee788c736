import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itemChanges } from '../testing/arbitraries.ts';
import { hostileRecords } from '../testing/hostile-records.ts';
import { kinesisRecords, streamRecords } from '../testing/record-builder.ts';
import type { Change } from './change.ts';
import { parseKinesisRecord } from './from-kinesis.ts';
import { parseStreamRecord } from './from-stream.ts';

const context = { region: 'eu-west-1' };

describe('both sources', () => {
  it('give the same change the same operation, keys, images and second of creation', () => {
    fc.assert(
      fc.property(itemChanges, (change) => {
        const fromStream = parseStreamRecord(streamRecords().record(change), context);
        const fromKinesis = parseKinesisRecord(overTheWire(kinesisRecords().record(change)), context);
        expect(commonPart(fromKinesis)).toEqual(commonPart(fromStream));
        const op = change.isTimeToLive ? 'expire' : change.eventName.toLowerCase();
        expect(commonPart(fromStream)).toMatchObject({ op, keys: change.Keys });
        expect(fromStream.newImage).toEqual(change.NewImage);
        expect(fromStream.oldImage).toEqual(change.OldImage);
      }),
    );
  });

  it('answer arbitrary JSON with a change or InvalidRecordError, and nothing else', () => {
    fc.assert(
      fc.property(hostileRecords, (record) => {
        for (const parse of [parseStreamRecord, parseKinesisRecord]) {
          try {
            expect(parse(record, context).position.sequenceNumber).toMatch(/^\d+$/);
          } catch (error) {
            expect(error).toMatchObject({ name: 'InvalidRecordError' });
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

function commonPart({ op, keys, oldImage, newImage, createdAt, region }: Change) {
  return { op, keys, oldImage, newImage, seconds: createdAt.microseconds / 1_000_000n, region };
}

function overTheWire(record: unknown): unknown {
  return JSON.parse(JSON.stringify(record));
}
