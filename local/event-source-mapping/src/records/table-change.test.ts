import { describe, expect, it } from 'vitest';
import type { AttributeMap } from '../event.ts';
import { STREAM_ARN } from '../testing/scenario.ts';
import { itemSizeBytes } from './item-size.ts';
import { type StreamViewType, type TableChange, tableChangeRecord } from './table-change.ts';

const keys = { id: { S: 'a' } };
const before: AttributeMap = { ...keys, n: { N: '1' } };
const after: AttributeMap = { ...keys, n: { N: '2' } };

function recordOf(change: Omit<TableChange, 'keys'>, viewType: StreamViewType = 'NEW_AND_OLD_IMAGES') {
  const place = { streamArn: STREAM_ARN, shardId: 'shard', region: 'eu-west-1', sequenceNumber: '7', arrivalMs: 7900 };
  const record = tableChangeRecord({ keys, ...change }, { ...place, viewType })?.record;
  return record && 'dynamodb' in record ? record : undefined;
}

const insert = { newImage: after };
const modify = { oldImage: before, newImage: after };
const remove = { oldImage: before };

describe('a change of a table', () => {
  it.each([
    ['KEYS_ONLY', [[], [], []]],
    ['NEW_IMAGE', [['NewImage'], ['NewImage'], []]],
    ['OLD_IMAGE', [[], ['OldImage'], ['OldImage']]],
    ['NEW_AND_OLD_IMAGES', [['NewImage'], ['NewImage', 'OldImage'], ['OldImage']]],
  ] as const)('[event-view-type] carries the images of %s', (viewType, images) => {
    const carried = [insert, modify, remove].map((change) => {
      const { dynamodb } = recordOf(change, viewType) ?? {};
      return Object.keys(dynamodb ?? {}).filter((name) => name.endsWith('Image'));
    });
    expect(carried).toEqual(images);
  });

  it('[event-names] is an INSERT, a MODIFY or a REMOVE', () => {
    expect([insert, modify, remove].map((change) => recordOf(change)?.eventName)).toEqual([
      'INSERT',
      'MODIFY',
      'REMOVE',
    ]);
  });

  it('[event-creation-time] has its creation time in whole seconds', () => {
    expect(recordOf(insert)?.dynamodb.ApproximateCreationDateTime).toBe(7);
  });

  it('[event-no-op-write] leaves no record when it changes nothing, and one under KEYS_ONLY when it does', () => {
    expect(recordOf({ oldImage: before, newImage: { n: { N: '1' }, ...keys } })).toBeUndefined();
    expect(recordOf(modify, 'KEYS_ONLY')?.eventName).toBe('MODIFY');
  });

  it('[event-user-identity] by time to live names the service; any other removal has no user identity', () => {
    expect(recordOf({ ...remove, expired: true })).toMatchObject({
      eventName: 'REMOVE',
      userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
    });
    expect(recordOf(remove)).not.toHaveProperty('userIdentity');
  });

  it('[event-size-bytes] counts the keys and the images it carries', () => {
    expect(recordOf(insert)?.dynamodb.SizeBytes).toBe(3 + 3 + 3);
    expect(recordOf(modify)?.dynamodb.SizeBytes).toBe(3 + 6 + 6);
    expect(recordOf(modify, 'KEYS_ONLY')?.dynamodb.SizeBytes).toBe(3);
  });
});

describe('[event-size-bytes] the size of an item', () => {
  it.each([
    [{ S: 'é' }, 2],
    [{ N: '0' }, 1],
    [{ N: '1200' }, 2],
    [{ N: '123' }, 3],
    [{ N: '-1.5' }, 3],
    [{ B: 'AP8A' }, 3],
    [{ BOOL: true }, 1],
    [{ NULL: true }, 1],
    [{ SS: ['a', 'bc'] }, 3],
    [{ NS: ['1', '22'] }, 4],
    [{ BS: ['AA==', 'AAA='] }, 3],
    [{ L: [{ S: 'a' }, { N: '1' }] }, 3 + 2 + 1 + 2],
    [{ M: { k: { S: 'a' } } }, 3 + 1 + 1 + 1],
  ])('of %j is %i and its name', (value, bytes) => {
    expect(itemSizeBytes({ x: value })).toBe(1 + bytes);
  });
});
