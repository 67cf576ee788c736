import { type KinesisEventRecord, kinesisRecord } from '@tributary/event-source-mapping';
import { table } from '../functions/table.ts';
import { toKinesisRecord } from '../local/engines/kinesis-destination/kinesis-record.ts';
import type { UserRecord } from './user-image.ts';

const origin = {
  streamArn: 'arn:aws:kinesis:eu-west-1:123456789012:stream/users-changes',
  shardId: 'shardId-000000000000',
  region: 'eu-west-1',
  invokeIdentityArn: 'arn:aws:iam::123456789012:role/consumer',
};

/** The same change as Lambda delivers it from Kinesis. */
export function asKinesisEvent(change: UserRecord, createdAtMicroseconds: number): KinesisEventRecord {
  const { partitionKey, data } = toKinesisRecord({ record: change, tableName: table.name, createdAtMicroseconds });
  const raw = {
    SequenceNumber: change.dynamodb.SequenceNumber.padStart(56, '4'),
    ApproximateArrivalTimestamp: new Date(createdAtMicroseconds / 1000),
    PartitionKey: partitionKey,
    Data: data,
  };
  return kinesisRecord(raw, origin).record as KinesisEventRecord;
}
