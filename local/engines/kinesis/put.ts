/** PutRecord and PutRecords, with the limits of the API reference. */
import { invalidArgument, invalidField } from './error.ts';
import { type Input, list, optionalText, text } from './input.ts';
import { hashKeyOf, isOpen, readHashKey, type Shard, shardIdOf } from './shard.ts';
import type { Stream } from './stream-definitions.ts';
import type { NewRecord, Streams } from './streams.ts';

const mostRecords = 500;
const mostBytesOfRecord = 1024 * 1024;
const mostBytesOfCall = 5 * 1024 * 1024;
const mostKeyCharacters = 256;

export function putRecord(streams: Streams, stream: Stream, input: Input): object {
  const record = toNew(stream, input).record;
  const [SequenceNumber] = streams.append(stream, [record]);
  return { ShardId: shardIdOf(record.shard.number), SequenceNumber, EncryptionType: 'NONE' };
}

export function putRecords(streams: Streams, stream: Stream, input: Input): object {
  const entries = list(input, 'Records');
  if (entries.length === 0 || entries.length > mostRecords) {
    throw invalidField(`Records must have 1 to ${mostRecords} members, not ${entries.length}.`);
  }
  const read = entries.map((entry) => toNew(stream, entry));
  const bytes = read.reduce((sum, each) => sum + each.bytes, 0);
  if (bytes > mostBytesOfCall) throw invalidArgument(`Records size exceeds 5 MB limit: ${bytes} bytes.`);
  const records = read.map(({ record }) => record);
  const numbers = streams.append(stream, records);
  const Records = numbers.map((SequenceNumber, at) => ({
    SequenceNumber,
    ShardId: shardIdOf(records[at]?.shard.number ?? 0),
  }));
  return { FailedRecordCount: 0, Records, EncryptionType: 'NONE' };
}

function toNew(stream: Stream, entry: Input): { readonly record: NewRecord; readonly bytes: number } {
  const partitionKey = text(entry, 'PartitionKey');
  if (partitionKey.length === 0 || partitionKey.length > mostKeyCharacters) {
    throw invalidField(`PartitionKey must have 1 to ${mostKeyCharacters} characters.`);
  }
  const data = text(entry, 'Data');
  const bytes = Buffer.byteLength(data, 'base64') + Buffer.byteLength(partitionKey);
  if (bytes > mostBytesOfRecord) {
    throw invalidField(`Data and PartitionKey must have at most ${mostBytesOfRecord} bytes together, not ${bytes}.`);
  }
  const shard = shardFor(stream, { partitionKey, explicit: optionalText(entry, 'ExplicitHashKey') });
  return { record: { shard, partitionKey, data }, bytes };
}

function shardFor({ shards }: Stream, key: { partitionKey: string; explicit: string | undefined }): Shard {
  const hash = key.explicit === undefined ? hashKeyOf(key.partitionKey) : readHashKey(key.explicit);
  const found = shards.find((shard) => isOpen(shard) && shard.firstHash <= hash && hash <= shard.lastHash);
  if (found === undefined) throw new Error(`No open shard has the hash key ${hash}.`);
  return found;
}
