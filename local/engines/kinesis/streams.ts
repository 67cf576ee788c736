/** The streams of all regions, with their shards and records. Streams are in one file, records in the record log. */
import { join } from 'node:path';
import { KinesisError, notFound } from './error.ts';
import { type LoggedRecord, openRecordLog, type RecordPlace } from './record-log.ts';
import { toSequenceNumber } from './sequence-number.ts';
import { firstShards, type Shard } from './shard.ts';
import { readDefinitions, type Stream, writeDefinitions } from './stream-definitions.ts';

export interface NewRecord {
  readonly shard: Shard;
  readonly partitionKey: string;
  /** Base64. */
  readonly data: string;
}

type HashRange = Pick<Shard, 'firstHash' | 'lastHash'>;

export interface Streams {
  /** @throws {KinesisError} when there is one of that name. */
  create(stream: { readonly region: string; readonly name: string; readonly shards: number }): void;
  /** @throws {KinesisError} when there is none. */
  find(key: string): Stream;
  names(region: string): readonly string[];
  remove(key: string): void;
  /** Closes shards and opens the ones that follow them. */
  reshard(stream: Stream, parents: readonly Shard[], children: readonly HashRange[]): void;
  /** Answers the sequence numbers. */
  append(stream: Stream, records: readonly NewRecord[]): readonly string[];
  read(place: RecordPlace): string;
  /** Of the newest record. */
  lastCount(): number;
}

/** AWS keeps records for 24 hours unless told otherwise. */
export const retentionHours = 24;
const account = '000000000000';
const definitionsFile = 'streams.json';

/** @param options.folder where everything is, and is found again */
export function openStreams(options: { readonly folder: string; readonly nowMs: () => number }): Streams {
  const { folder, nowMs } = options;
  const file = join(folder, definitionsFile);
  const streams = readDefinitions(file);
  let count = 0;
  let firstFile = 0;
  const log = openRecordLog({
    ...{ folder, nowMs, retentionMs: retentionHours * 3_600_000 },
    onFound: (found, place) => {
      count = found.sequence;
      restore(streams.get(found.stream)?.shards[found.shard], found, place);
    },
  });
  const find = (key: string): Stream => {
    const stream = streams.get(key);
    if (stream !== undefined) return stream;
    throw notFound(`Stream ${key.slice(key.indexOf('/') + 1)} under account ${account} not found.`);
  };
  const trim = () => {
    const first = log.trim();
    if (first === firstFile) return;
    firstFile = first;
    for (const { shards } of streams.values()) for (const { records } of shards) forgetBefore(first, records);
  };
  trim();
  return {
    find,
    create({ region, name, shards }) {
      const key = `${region}/${name}`;
      if (streams.has(key)) {
        throw new KinesisError('ResourceInUseException', `Stream ${name} under account ${account} already exists.`);
      }
      streams.set(key, newStream({ region, name, nowMs: nowMs(), shards: firstShards(shards, count + 1) }));
      writeDefinitions(file, streams);
    },
    names: (region) => [...streams].filter(([key]) => key.startsWith(`${region}/`)).map(([, { name }]) => name),
    remove(key) {
      streams.delete(key);
      writeDefinitions(file, streams);
    },
    reshard(stream, parents, children) {
      replaceShards(stream.shards, { parents, children, count });
      writeDefinitions(file, streams);
    },
    append(stream, records) {
      trim();
      const arrivedAtMs = nowMs();
      const logged = records.map((record) => {
        count += 1;
        return { ...toLogged(record, { count, arrivedAtMs }), stream: stream.key };
      });
      for (const [at, place] of log.append(logged).entries()) {
        records[at]?.shard.records.push({ count: logged[at]?.sequence ?? 0, arrivedAtMs, place });
      }
      return logged.map(({ sequence, shard }) => toSequenceNumber(sequence, shard));
    },
    read: log.read,
    lastCount: () => count,
  };
}

function restore(shard: Shard | undefined, found: Omit<LoggedRecord, 'json'>, place: RecordPlace): void {
  const { sequence: count, arrivedAtMs } = found;
  // What is older was another stream's, which had the name before.
  if (shard !== undefined && count >= shard.startCount) shard.records.push({ count, arrivedAtMs, place });
}

function newStream(from: { region: string; name: string; nowMs: number; shards: Shard[] }): Stream {
  const { region, name, nowMs, shards } = from;
  const arn = `arn:aws:kinesis:${region}:${account}:stream/${name}`;
  return { key: `${region}/${name}`, name, arn, createdAtMs: nowMs, shards };
}

function replaceShards(
  shards: Shard[],
  { parents, children, count }: { parents: readonly Shard[]; children: readonly HashRange[]; count: number },
): void {
  for (const parent of parents) parent.endCount = count;
  for (const range of children) {
    const place = { number: shards.length, parents: parents.map(({ number }) => number) };
    shards.push({ ...range, ...place, startCount: count + 1, records: [] });
  }
}

function toLogged(
  { shard, partitionKey, data }: NewRecord,
  { count, arrivedAtMs }: Omit<Shard['records'][0], 'place'>,
) {
  const json = JSON.stringify({
    SequenceNumber: toSequenceNumber(count, shard.number),
    ApproximateArrivalTimestamp: arrivedAtMs / 1000,
    Data: data,
    PartitionKey: partitionKey,
  });
  return { shard: shard.number, sequence: count, arrivedAtMs, json };
}

function forgetBefore(file: number, records: Shard['records']): void {
  const kept = records.findIndex(({ place }) => place.file >= file);
  records.splice(0, kept === -1 ? records.length : kept);
}
