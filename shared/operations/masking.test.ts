import { describe, expect, it } from 'vitest';
import { parseKinesisRecord } from '../change/from-kinesis.ts';
import { parseStreamRecord } from '../change/from-stream.ts';
import type { TableDefinition } from '../change/table-definition.ts';
import { kinesisRecords, streamRecords } from '../testing/record-builder.ts';
import { maskImage, maskRecord, readableRecord } from './masking.ts';

const table: TableDefinition = {
  name: 'people',
  partitionKey: { name: 'id', type: 'S' },
  versionAttribute: '_v',
  tombstoneAttribute: '_deleted',
  entities: [
    {
      name: 'person',
      attributes: {
        id: { type: 'string' },
        email: { type: 'string', personal: 'email' },
        passport: { type: 'string', personal: 'hash' },
        notes: { type: 'map', personal: 'redact' },
        country: { type: 'string' },
      },
    },
  ],
};
const options = { table, key: Buffer.from('key of this test') };
const person = {
  id: 'p-1',
  email: 'ada@example.com',
  passport: 'X1',
  notes: { secret: 'X2' },
  country: 'GB',
  extra: 'X3',
};
const secrets = /ada@example|X1|X2|X3/;

describe('masking', () => {
  it.each([
    'stream',
    'kinesis',
  ] as const)('hides what is personal or undeclared in both images of a %s record', (source) => {
    const record =
      source === 'stream' ? streamRecords().modify(person, person) : kinesisRecords().modify(person, person);
    const text = JSON.stringify(readableRecord(maskRecord(record, options)));
    expect(text).not.toMatch(secrets);
    expect(text).toContain('GB');
    expect(JSON.stringify(readableRecord(record))).toMatch(secrets);
  });

  it('leaves records that a consumer can read, with the same keys', () => {
    const stream = parseStreamRecord(maskRecord(streamRecords().insert(person), options), { region: 'r' });
    const kinesis = parseKinesisRecord(maskRecord(kinesisRecords().insert(person), options), { region: 'r' });
    expect(stream.keys).toEqual({ id: { S: 'p-1' } });
    expect(kinesis.newImage).toEqual(stream.newImage);
    expect(stream.newImage?.email).toEqual({ S: expect.stringMatching(/^[0-9a-f]{16}@masked\.invalid$/) });
  });

  it('masks equal values alike under one key, and otherwise under another', () => {
    const [one, other] = [{ passport: { S: 'X1' } }, { passport: { S: 'X9' } }];
    expect(maskImage(one, options)).toEqual(maskImage({ ...one }, options));
    expect(maskImage(one, options)).not.toEqual(maskImage(other, options));
    expect(maskImage(one, options)).not.toEqual(maskImage(one, { ...options, key: Buffer.from('another') }));
  });

  it.each([
    { what: 'data that is no JSON', record: { kinesis: { data: Buffer.from('ada@example.com').toString('base64') } } },
    { what: 'an image that is none', record: { dynamodb: { NewImage: 'ada@example.com' } } },
    { what: 'a value of no type', record: { dynamodb: { NewImage: { email: 'ada@example.com' } } } },
    { what: 'no record at all', record: 'ada@example.com' },
    { what: 'a record without content', record: { content: 'ada@example.com' } },
  ])('shows nothing of $what', ({ record }) => {
    expect(JSON.stringify(readableRecord(maskRecord(record, options)))).not.toMatch(secrets);
  });
});
