import { expect, test } from 'vitest';
import type { StreamRecord } from '../dynamodb-stream-source.ts';
import { toKinesisRecord } from './kinesis-record.ts';

const modify: StreamRecord = {
  eventID: '0123456789abcdef0123456789abcdef',
  eventName: 'MODIFY',
  eventVersion: '1.1',
  eventSource: 'aws:dynamodb',
  awsRegion: 'eu-west-1',
  dynamodb: {
    ApproximateCreationDateTime: 1_795_228_163,
    Keys: { id: { B: 'AQID' }, at: { N: '1' } },
    OldImage: { id: { B: 'AQID' }, at: { N: '1' }, n: { N: '12345678901234567890123456789012345678' } },
    NewImage: { id: { B: 'AQID' }, at: { N: '1' }, deep: { L: [{ M: { bs: { BS: ['AQ==', '/w=='] } } }] } },
    SequenceNumber: '2',
    SizeBytes: 60,
    StreamViewType: 'NEW_AND_OLD_IMAGES',
  },
};

const convert = (record: StreamRecord) =>
  toKinesisRecord({ record, tableName: 'users', createdAtMicroseconds: 1_795_228_163_000_001 });

const decode = ({ data }: { data: Uint8Array }) => JSON.parse(Buffer.from(data).toString());

test('a change has exactly the fields AWS puts into Kinesis, binary encoded twice', () => {
  expect(decode(convert(modify))).toStrictEqual({
    awsRegion: 'eu-west-1',
    eventID: '01234567-89ab-4def-a123-456789abcdef',
    eventName: 'MODIFY',
    userIdentity: null,
    recordFormat: 'application/json',
    tableName: 'users',
    dynamodb: {
      ApproximateCreationDateTime: 1_795_228_163_000_001,
      ApproximateCreationDateTimePrecision: 'MICROSECOND',
      Keys: { id: { B: 'QVFJRA==' }, at: { N: '1' } },
      NewImage: {
        id: { B: 'QVFJRA==' },
        at: { N: '1' },
        deep: { L: [{ M: { bs: { BS: ['QVE9PQ==', 'L3c9PQ=='] } } }] },
      },
      OldImage: { id: { B: 'QVFJRA==' }, at: { N: '1' }, n: { N: '12345678901234567890123456789012345678' } },
      SizeBytes: 60,
    },
    eventSource: 'aws:dynamodb',
  });
});

test('an insert has no old image and a removal no new one', () => {
  const { OldImage, NewImage, ...rest } = modify.dynamodb;
  const insert = convert({ ...modify, eventName: 'INSERT', dynamodb: { ...rest, NewImage: NewImage ?? {} } });
  const remove = convert({ ...modify, eventName: 'REMOVE', dynamodb: { ...rest, OldImage: OldImage ?? {} } });

  expect(decode(insert).dynamodb).not.toHaveProperty('OldImage');
  expect(decode(remove).dynamodb).not.toHaveProperty('NewImage');
});

test('an expiry keeps the identity of the service', () => {
  const userIdentity = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };

  expect(decode(convert({ ...modify, eventName: 'REMOVE', userIdentity })).userIdentity).toEqual(userIdentity);
});

test('the partition key depends on the item alone, whatever the order of its key attributes', () => {
  const withKeys = (Keys: StreamRecord['dynamodb']['Keys']) =>
    convert({ ...modify, dynamodb: { ...modify.dynamodb, Keys } }).partitionKey;

  expect(withKeys({ id: { B: 'AQID' }, at: { N: '1' } })).toMatch(/^[0-9A-F]{32}$/);
  expect(withKeys({ at: { N: '1' }, id: { B: 'AQID' } })).toBe(withKeys({ id: { B: 'AQID' }, at: { N: '1' } }));
  expect(withKeys({ id: { B: 'AQID' }, at: { N: '2' } })).not.toBe(withKeys({ id: { B: 'AQID' }, at: { N: '1' } }));
});
