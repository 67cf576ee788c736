/**
 * Kinesis may deliver a record again whenever it likes, also when its item is gone long since: an older record of each
 * deleted or expired user, once everybody has taken the deletion. A copy that remembers nothing of what it deleted
 * takes it for news.
 */
import type { KinesisRecord } from '../engines/kinesis-destination/kinesis-record.ts';
import { names } from '../pipeline/names.ts';
import type { Region } from '../pipeline/region.ts';
import { kinesisRecords, tableRecordOf } from './checkers/read-streams.ts';
import { readTable } from './checkers/read-tables.ts';
import { isTombstone, live } from './checkers/stored.ts';

/** Of a user who is gone; for people and for the report. */
export const olderRecord = 'an older record comes again after its user is gone';

/** Answers how many records came again. */
export async function deliverAgain({ clients, destination }: Region): Promise<number> {
  const users = live(await readTable(clients.dynamodb, names.table));
  const stay = new Set(users.map(({ id }) => id?.S));
  const older = new Map<string, KinesisRecord>();
  for await (const { record } of kinesisRecords(clients.kinesis, names.kinesisStream)) {
    const { Data: data, PartitionKey: partitionKey } = record;
    const { Keys, NewImage } = tableRecordOf(data).dynamodb ?? {};
    const id = Keys?.id?.S;
    if (id === undefined || stay.has(id) || older.has(id)) continue;
    if (data === undefined || partitionKey === undefined || NewImage === undefined || isTombstone(NewImage)) continue;
    older.set(id, { partitionKey, data });
  }
  await destination.putAgain([...older.values()]);
  return older.size;
}
