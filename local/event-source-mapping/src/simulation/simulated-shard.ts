import type { StreamViewType, TableChange } from '../records/table-change.ts';
import { tableChangeRecord } from '../records/table-change.ts';
import type { SourceRecord } from '../source.ts';
import { kinesisRecord } from '../sources/kinesis.ts';
import { streamKind } from '../stream-kind.ts';

interface Arrival {
  /** When the stream takes the record in, epoch milliseconds; records arrive in order. @default the start */
  readonly arrivalMs?: number;
}

/** A record of a Kinesis stream; text is taken as UTF-8. */
export interface StreamedData extends Arrival {
  readonly partitionKey: string;
  readonly data: string | Uint8Array;
}

/** A write, data, or a record that is ready as it is. */
export type SimulatedRecord = (TableChange & Arrival) | StreamedData | SourceRecord;

/** A shard and all that will ever be in it. */
export interface SimulatedShard {
  readonly shardId: string;
  /** One after a split or a rollover, two after a merge. */
  readonly parentShardIds?: readonly string[];
  /** Iterated again from the beginning when reading goes back, so an array, or a generator function's wrapper. */
  readonly records: Iterable<SimulatedRecord>;
  /** When the shard appears; its parents close then. @default from the beginning */
  readonly opensAtMs?: number;
  /** @default true for a shard with children: after its last record it ends */
  readonly closed?: boolean;
}

export interface RecordOrigin {
  readonly streamArn: string;
  readonly shardId: string;
  /** Tells shards apart in the sequence numbers, which never repeat within a stream. */
  readonly shardIndex: number;
  readonly startMs: number;
  readonly viewType: StreamViewType;
}

/** The shard's records as its stream has them, the same in every pass. */
export function* recordsOf(records: Iterable<SimulatedRecord>, origin: RecordOrigin): Generator<SourceRecord> {
  const base = BigInt(origin.shardIndex + 1) * 10n ** 20n;
  const place = { ...origin, region: origin.streamArn.split(':')[3] ?? '' };
  let count = 0;
  for (const given of records) {
    count += 1;
    if ('sequenceNumber' in given) yield given;
    else {
      const sequenceNumber = String(base + BigInt(count));
      const record = toRecord(given, { ...place, sequenceNumber, arrivalMs: given.arrivalMs ?? origin.startMs });
      if (record) yield record;
    }
  }
}

function toRecord(
  given: (TableChange & Arrival) | StreamedData,
  place: RecordOrigin & { region: string; sequenceNumber: string; arrivalMs: number },
): SourceRecord | undefined {
  const kind = streamKind(place.streamArn);
  if ('data' in given !== (kind === 'kinesis')) {
    const needs = kind === 'kinesis' ? 'partitionKey and data' : 'keys and images';
    throw new Error(`Shard ${place.shardId}: a record of ${place.streamArn} has ${needs}.`);
  }
  if (!('data' in given)) return tableChangeRecord(given, place);
  const { data, partitionKey } = given;
  const raw = {
    SequenceNumber: place.sequenceNumber,
    ApproximateArrivalTimestamp: new Date(place.arrivalMs),
    Data: typeof data === 'string' ? Buffer.from(data) : data,
    PartitionKey: partitionKey,
  };
  return kinesisRecord(raw, { ...place, invokeIdentityArn: 'arn:aws:iam::000000000000:role/simulated' });
}
