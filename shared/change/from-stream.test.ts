import { describe, expect, it } from 'vitest';
import { streamRecords } from '../testing/record-builder.ts';
import { parseStreamRecord } from './from-stream.ts';

const context = { region: 'eu-west-1' };

describe('parseStreamRecord', () => {
  it('tells position, time and region, the region from configuration', () => {
    const record = streamRecords({ streamArn: 'arn:s' }).insert({ id: 'a', n: 1 }, { sequenceNumber: '12' });
    expect(parseStreamRecord(record, { ...context, shardId: 'shard-1' })).toEqual({
      op: 'insert',
      source: 'stream',
      keys: { id: { S: 'a' } },
      newImage: { id: { S: 'a' }, n: { N: '1' } },
      position: { streamArn: 'arn:s', shardId: 'shard-1', sequenceNumber: '12' },
      createdAt: { microseconds: 1_767_225_601_000_000n, precision: 'second' },
      region: 'eu-west-1',
    });
  });

  it.each([
    { spelling: 'Lambda', userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } },
    { spelling: 'Streams API', userIdentity: { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' } },
    { spelling: 'other', userIdentity: { TYPE: 'Service', PRINCIPALID: 'dynamodb.amazonaws.com' } },
  ])('reads a time-to-live removal in the spelling of: $spelling', ({ userIdentity }) => {
    const record = { ...streamRecords().remove({ id: 'a' }), userIdentity };
    expect(parseStreamRecord(record, context).op).toBe('expire');
  });

  it('reads a removal by anybody else as remove', () => {
    const record = streamRecords().remove({ id: 'a' });
    expect(parseStreamRecord(record, context).op).toBe('remove');
    expect(parseStreamRecord({ ...record, userIdentity: null }, context).op).toBe('remove');
    const other = { ...record, userIdentity: { type: 'User', principalId: 'dynamodb.amazonaws.com' } };
    expect(parseStreamRecord(other, context).op).toBe('remove');
  });

  it.each([
    { field: 'dynamodb.OldImage', change: { OldImage: undefined } },
    { field: 'dynamodb.NewImage', change: { NewImage: 'text' } },
    { field: 'dynamodb.Keys', change: { Keys: {} } },
    { field: 'dynamodb.Keys.id', change: { Keys: { id: { N: 'abc' } } } },
    { field: 'dynamodb.ApproximateCreationDateTime', change: { ApproximateCreationDateTime: 1e300 } },
    { field: 'dynamodb.StreamViewType', change: { StreamViewType: 'KEYS_ONLY' } },
    { field: 'dynamodb.SequenceNumber', change: { SequenceNumber: 12 } },
  ])('rejects a modify with a wrong $field and names the field', ({ field, change }) => {
    const record = streamRecords().modify({ id: 'a' }, { id: 'a', n: 1 });
    const broken = { ...record, dynamodb: { ...record.dynamodb, ...change } };
    expect(() => parseStreamRecord(broken, context)).toThrow(
      expect.objectContaining({ name: 'InvalidRecordError', field }),
    );
  });

  it('rejects an insert that carries an old image', () => {
    const record = streamRecords().modify({ id: 'a' }, { id: 'a', n: 1 });
    expect(() => parseStreamRecord({ ...record, eventName: 'INSERT' }, context)).toThrow(/OldImage: is present/);
  });
});
