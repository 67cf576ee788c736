import { describe, expect, it } from 'vitest';
import type { AttributeMap, DynamoDbEventRecord } from '../event.ts';
import { itemSizeBytes } from '../records/item-size.ts';
import { type StreamViewType, type TableChange, tableChangeRecord } from '../records/table-change.ts';
import { START_MS, STREAM_ARN } from '../testing/scenario.ts';

function recordOf(change: TableChange, viewType?: StreamViewType): DynamoDbEventRecord | undefined {
  const place = { streamArn: STREAM_ARN, shardId: 'shard', region: 'eu-west-1' };
  const made = tableChangeRecord(change, {
    ...{ ...place, sequenceNumber: '1', arrivalMs: START_MS },
    ...(viewType ? { viewType } : {}),
  });
  return made && 'dynamodb' in made.record ? made.record : undefined;
}

const keys: AttributeMap = { Id: { N: '101' } };
const before: AttributeMap = { Message: { S: 'New item!' }, ...keys };
const after: AttributeMap = { Message: { S: 'This item has changed' }, ...keys };

describe('the record of a write', () => {
  it('[event-size-bytes] has the size that the sample events of AWS have', () => {
    expect(recordOf({ keys, newImage: before })?.dynamodb.SizeBytes).toBe(26);
    expect(recordOf({ keys, oldImage: before, newImage: after })?.dynamodb.SizeBytes).toBe(59);
    expect(recordOf({ keys, oldImage: after })?.dynamodb.SizeBytes).toBe(38);
  });

  it.each<[AttributeMap, number]>([
    [{ a: { S: 'é' } }, 3],
    [{ a: { N: '-12.50' } }, 5],
    [{ a: { N: '1200' } }, 3],
    [{ a: { B: 'AQID' } }, 4],
    [{ a: { BOOL: true }, b: { NULL: true } }, 4],
    [{ a: { SS: ['x', 'yz'] } }, 4],
    [{ a: { NS: ['1', '22'] } }, 5],
    [{ a: { L: [{ S: 'x' }, { N: '1' }] } }, 9],
    [{ a: { M: { bc: { S: 'x' } } } }, 8],
  ])('[event-size-bytes] counts %j as %i bytes', (item, bytes) => {
    expect(itemSizeBytes(item)).toBe(bytes);
  });

  it.each<[StreamViewType, string[]]>([
    ['KEYS_ONLY', []],
    ['NEW_IMAGE', ['NewImage']],
    ['OLD_IMAGE', ['OldImage']],
    ['NEW_AND_OLD_IMAGES', ['NewImage', 'OldImage']],
  ])('[event-view-type] of %s carries the images %j', (viewType, images) => {
    const given = (change: TableChange) =>
      ['NewImage', 'OldImage'].filter((image) => image in (recordOf(change, viewType)?.dynamodb ?? {}));
    expect(given({ keys, oldImage: before, newImage: after })).toEqual(images);
    expect(given({ keys, newImage: after })).toEqual(images.filter((image) => image === 'NewImage'));
    expect(given({ keys, oldImage: before })).toEqual(images.filter((image) => image === 'OldImage'));
  });

  it('[event-no-change] is none when the write changed nothing', () => {
    expect(recordOf({ keys, oldImage: before, newImage: { ...before } })).toBeUndefined();
    expect(recordOf({ keys, oldImage: before, newImage: after }, 'KEYS_ONLY')).toBeDefined();
  });
});
