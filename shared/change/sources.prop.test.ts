import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itemChanges } from '../testing/arbitraries.ts';
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

const anything = fc.jsonValue({ maxDepth: 4 });

/** Arbitrary JSON, and good records of both sources with one or two places replaced by arbitrary JSON. */
const hostileRecords = fc.oneof(
  anything,
  fc.tuple(itemChanges, anything, fc.nat()).map(([change, value, place]) => {
    return damaged(streamRecords().record(change), value, place);
  }),
  fc.tuple(itemChanges, anything, fc.nat()).map(([change, value, place]) => {
    const record = kinesisRecords().record(change);
    const data = JSON.parse(Buffer.from(record.kinesis.data, 'base64').toString());
    const text = JSON.stringify(damaged(data, value, place));
    return { ...record, kinesis: { ...record.kinesis, data: Buffer.from(text).toString('base64') } };
  }),
);

function damaged(record: object, value: unknown, place: number): unknown {
  const places = placesOf(record);
  const target = places[place % places.length];
  return JSON.parse(JSON.stringify(record), function (this: unknown, name: string, member: unknown) {
    return `${name}=${JSON.stringify(member)}` === target ? value : member;
  });
}

function placesOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [`${name}=${JSON.stringify(member)}`, ...placesOf(member)]);
}

function commonPart({ op, keys, oldImage, newImage, createdAt, region }: Change) {
  return { op, keys, oldImage, newImage, seconds: createdAt.microseconds / 1_000_000n, region };
}

function overTheWire(record: unknown): unknown {
  return JSON.parse(JSON.stringify(record));
}
