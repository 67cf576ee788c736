import fc from 'fast-check';
import { itemChanges } from './arbitraries.ts';
import { kinesisRecords, streamRecords } from './record-builder.ts';

const anything = fc.jsonValue({ maxDepth: 4 });

/** Arbitrary JSON, and good records of both sources with one or two places replaced by arbitrary JSON. */
export const hostileRecords: fc.Arbitrary<unknown> = fc.oneof(
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

/** The same with one place, counted through all that it holds, replaced. */
export function damaged(record: object, value: unknown, place: number): unknown {
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
