import { describe, expect, it } from 'vitest';
import type { KinesisEventRecord } from '../event.ts';
import { matchFilter, validateFilter } from './match-filter.ts';

function kinesis(data: string | Buffer): KinesisEventRecord {
  return {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: 'customer-1',
      sequenceNumber: '7',
      data: Buffer.from(data).toString('base64'),
      approximateArrivalTimestamp: 1_767_225_600.123,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: 'shardId-000000000000:7',
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: 'arn:aws:iam::000000000000:role/orders',
    awsRegion: 'eu-west-1',
    eventSourceARN: 'arn:aws:kinesis:eu-west-1:000000000000:stream/orders',
  };
}

const paid = '{"data":{"state":["paid"]}}';

describe('filters on a Kinesis stream', () => {
  it('[filter-kinesis-data] data is decoded and parsed, and named at the top of the pattern', () => {
    expect(matchFilter(paid, kinesis('{"state":"paid"}'))).toBe(true);
    expect(matchFilter(paid, kinesis('{"state":"open"}'))).toBe(false);
    expect(matchFilter('{"kinesis":{"data":{"state":["paid"]}}}', kinesis('{"state":"paid"}'))).toBe(false);
  });

  it('[filter-kinesis-data] of a repeated member of the data each value counts', () => {
    expect(matchFilter(paid, kinesis('{"state":"open","state":"paid"}'))).toBe(true);
  });

  it('[filter-kinesis-metadata] the partition key and the rest of the metadata stand beside data', () => {
    const pattern = '{"partitionKey":[{"prefix":"customer-"}],"approximateArrivalTimestamp":[{"numeric":[">",1]}]}';
    expect(matchFilter(pattern, kinesis('{}'))).toBe(true);
    expect(matchFilter('{"partitionKey":["other"]}', kinesis('{}'))).toBe(false);
    expect(matchFilter('{"eventSource":["aws:kinesis"]}', kinesis('{}'))).toBe(false);
  });

  it.each([
    'paid',
    '{"state":"paid"',
    '',
    Buffer.from([0x7b, 0xff, 0x7d]),
  ])('[filter-kinesis-not-json] data that is not JSON fails any pattern on data: %s', (data) => {
    expect(matchFilter('{"data":{"state":[{"exists":false}]}}', kinesis(data))).toBe(false);
  });

  it('[filter-kinesis-data-unread] without data in the pattern the data is not looked at', () => {
    expect(matchFilter('{"partitionKey":["customer-1"]}', kinesis('not JSON'))).toBe(true);
    expect(matchFilter('{"partitionKey":[{"exists":true}]}', kinesis(Buffer.from([0xff])))).toBe(true);
  });

  it('[filter-kinesis-plain-data-refused] a pattern that takes data for plain text is refused', () => {
    expect(validateFilter('{"data":["paid"]}', { kind: 'kinesis' })?.message).toBe(
      'Invalid filter pattern definition.',
    );
    expect(validateFilter('{"data":["paid"]}', { kind: 'dynamodb' })).toBeUndefined();
  });
});
