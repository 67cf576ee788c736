import { describe, expect, it } from 'vitest';
import { kinesisRecords } from '../testing/record-builder.ts';
import { parseKinesisRecord } from './from-kinesis.ts';

const context = { region: 'eu-west-1' };

describe('parseKinesisRecord', () => {
  it('tells position with shard, time, region and the identity of the change', () => {
    const records = kinesisRecords({ streamArn: 'arn:k', shardId: 'shardId-000000000007' });
    const place = { sequenceNumber: '49', createdAtMicroseconds: 1_767_225_601_000_123n, eventId: 'e-1' };
    expect(parseKinesisRecord(records.insert({ id: 'a' }, place), context)).toEqual({
      op: 'insert',
      source: 'kinesis',
      keys: { id: { S: 'a' } },
      newImage: { id: { S: 'a' } },
      position: { streamArn: 'arn:k', shardId: 'shardId-000000000007', sequenceNumber: '49' },
      createdAt: { microseconds: 1_767_225_601_000_123n, precision: 'microsecond' },
      region: 'eu-west-1',
      eventId: 'e-1',
    });
  });

  it('undoes the second base64 of binary attributes, nested ones and key included', () => {
    const bytes = new Uint8Array([0, 255, 7]);
    const record = kinesisRecords().insert({ id: bytes, list: [{ deep: bytes }], set: new Set([bytes]) });
    expect(parseKinesisRecord(record, context)).toMatchObject({
      keys: { id: { B: 'AP8H' } },
      newImage: { list: { L: [{ M: { deep: { B: 'AP8H' } } }] }, set: { BS: ['AP8H'] } },
    });
  });

  it('leaves text attributes named B alone', () => {
    const record = kinesisRecords().insert({ id: 'a', B: 'QVFJPQ==' });
    expect(parseKinesisRecord(record, context).newImage).toMatchObject({ B: { S: 'QVFJPQ==' } });
  });

  it('deduces the precision from the magnitude when the record does not say it', () => {
    const record = kinesisRecords({ precision: 'millisecond' }).insert({ id: 'a' });
    expect(parseKinesisRecord(record, context).createdAt).toEqual({
      microseconds: 1_767_225_601_000_000n,
      precision: 'millisecond',
    });
  });

  it('believes the record when it does say its precision', () => {
    const record = editData((data) => {
      data.dynamodb.ApproximateCreationDateTime = 5;
      data.dynamodb.ApproximateCreationDateTimePrecision = 'MILLISECOND';
    });
    expect(parseKinesisRecord(record, context).createdAt).toEqual({ microseconds: 5000n, precision: 'millisecond' });
  });

  it('names the field of binary that is not encoded twice', () => {
    const record = editData((data) => {
      data.dynamodb.NewImage = { id: { S: 'a' }, photo: { B: '////' } };
    });
    expect(() => parseKinesisRecord(record, context)).toThrow(
      expect.objectContaining({ name: 'InvalidRecordError', field: 'dynamodb.NewImage.photo' }),
    );
  });

  it('rejects data that is no JSON without quoting it', () => {
    const record = kinesisRecords().insert({ id: 'a' });
    const data = Buffer.from('secret@example.com').toString('base64');
    expect(() => parseKinesisRecord({ ...record, kinesis: { ...record.kinesis, data } }, context)).toThrow(
      expect.objectContaining({ message: 'kinesis.data: is not JSON in base64' }),
    );
  });
});

function editData(edit: (data: { dynamodb: { [name: string]: unknown } }) => void): unknown {
  const record = kinesisRecords().insert({ id: 'a' });
  const data = JSON.parse(Buffer.from(record.kinesis.data, 'base64').toString());
  edit(data);
  return { ...record, kinesis: { ...record.kinesis, data: Buffer.from(JSON.stringify(data)).toString('base64') } };
}
