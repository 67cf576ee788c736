import { describe, expect, it } from 'vitest';
import { seededRandom } from '../seeded-random.ts';
import { destinationRecord, type KinesisDestination } from './destination-data.ts';

const keys = { id: { S: 'a' } };
const before = { ...keys, b: { B: 'AP8=' } };
const after = { ...keys, n: { N: '1' } };

function recordOf(change: object, settings: Partial<KinesisDestination> = {}) {
  const destination = { tableName: 'orders', region: 'eu-west-1', random: seededRandom(1), ...settings };
  return destinationRecord({ keys, arrivalMs: 1_767_225_600_123, ...change }, destination);
}

function dataOf(change: object, settings: Partial<KinesisDestination> = {}) {
  return JSON.parse(recordOf(change, settings)?.data ?? '{}');
}

describe('a change in the Kinesis destination of a table', () => {
  it('[kinesis-destination-shape] has a user identity of null and no sequence number', () => {
    expect(dataOf({ newImage: after })).toEqual({
      awsRegion: 'eu-west-1',
      eventID: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      eventName: 'INSERT',
      userIdentity: null,
      recordFormat: 'application/json',
      tableName: 'orders',
      dynamodb: { ApproximateCreationDateTime: 1_767_225_600_123, Keys: keys, NewImage: after, SizeBytes: 3 + 6 },
      eventSource: 'aws:dynamodb',
    });
  });

  it('[kinesis-destination-precision] has microseconds where the destination is set so', () => {
    const { dynamodb } = dataOf({ newImage: after }, { precision: 'MICROSECOND' });
    expect(dynamodb.ApproximateCreationDateTime).toBe(1_767_225_600_123_000);
  });

  it('[kinesis-destination-binary] has binary values in base64 twice', () => {
    const { OldImage } = dataOf({ oldImage: before, newImage: after }).dynamodb;
    expect(Buffer.from(Buffer.from(OldImage.b.B, 'base64').toString(), 'base64')).toEqual(Buffer.from([0, 255]));
  });

  it('[kinesis-destination-partition-key] has a partition key that depends on the key of the item', () => {
    const one = recordOf({ newImage: after })?.partitionKey;
    expect(one).toMatch(/^[0-9A-F]{32}$/);
    expect(recordOf({ oldImage: before })?.partitionKey).toBe(one);
    expect(recordOf({ keys: { id: { S: 'b' } }, newImage: after })?.partitionKey).not.toBe(one);
  });

  it('[kinesis-destination-too-large] is skipped when it outgrows a Kinesis record', () => {
    const grows = { ...keys, list: { L: Array.from({ length: 80_000 }, () => ({ BOOL: true })) } };
    expect(recordOf({ newImage: grows })).toBeUndefined();
  });

  it('is none when nothing was changed', () => {
    expect(recordOf({ oldImage: after, newImage: after })).toBeUndefined();
  });
});
