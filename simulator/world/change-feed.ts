import { kinesisRecord } from '@tributary/event-source-mapping';
import { toKinesisRecord } from '../../local/engines/kinesis-destination/kinesis-record.ts';
import type { TableChange } from '../../shared/services/dynamodb/twin/dynamodb-twin.ts';
import { streamArn } from '../../shared/services/dynamodb/twin/stream-record.ts';
import type { Change, Delivery } from '../checkers/observed.ts';
import type { FaultName } from '../faults/fault-names.ts';
import type { Random } from '../random.ts';
import type { Surroundings } from './place.ts';
import { ShardedStream } from './sharded-stream.ts';

const firstKinesisSequence = 49_600_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000n;
const mostSkewMs = 60_000;
/** What else somebody may have put on the stream: no text, no JSON, JSON of something else. */
const foreignData = ['\u0000\u0001', 'hello', '[]', '{"tableName":"users"}', '{"dynamodb":{"Keys":{"id":{"S":"u"}}}}'];
const firstStreamSequence = 999_999_999_999_999_999_800n;

/** What a delivery can be that a plain stream would not hold. */
export type OddRecord = Extract<FaultName, 'duplicate' | 'reorder' | 'foreign-record'>;

/**
 * Carries each change of a region's table into its DynamoDB stream, at once and in order, and into its Kinesis stream,
 * late, doubled and out of order, as "Kinesis Data Streams for DynamoDB" says that it may.
 */
export class ChangeFeed {
  readonly stream: ShardedStream;
  readonly kinesis: ShardedStream;
  readonly changes: Change[] = [];
  readonly deliveries: Delivery[] = [];
  /** By sequence number, of the Kinesis stream. */
  readonly odd = new Map<string, OddRecord>();
  /** Sequence numbers of the changes that applications made. */
  readonly written = new Set<string>();
  /** Of those, the ones that put an earlier image again, past the writer. */
  readonly putAgain = new Set<string>();
  /** Under way to Kinesis. */
  pending = 0;
  /** Records of the Kinesis stream that bring what another one has brought. */
  #repeats = 0;
  readonly #world: Surroundings;
  readonly #random: Random;
  readonly #region: string;
  readonly #tableName: string;
  #lastMicroseconds = 0;
  /** Whether the last two changes share it. */
  #isTied = false;
  #lastId = '';

  constructor(options: { world: Surroundings; random: Random; region: string; tableName: string }) {
    const { world, random, region, tableName } = options;
    this.#world = world;
    this.#random = random;
    this.#region = region;
    this.#tableName = tableName;
    const { shards } = world.profile;
    this.stream = new ShardedStream({ kind: 'dynamodb', arn: streamArn(region, tableName), shards });
    const arn = `arn:aws:kinesis:${region}:000000000000:stream/${tableName}-changes`;
    this.kinesis = new ShardedStream({ kind: 'kinesis', arn, shards });
  }

  /** That both streams gave out, without what Kinesis repeats: a change makes one in each. */
  get recordCount(): number {
    return this.changes.length + this.deliveries.length - this.#repeats;
  }

  publish({ record: original, createdAtMs }: TableChange): void {
    const record = renumbered(original, this.changes.length);
    const { dynamodb, eventName } = record;
    const id = dynamodb.Keys.id !== undefined && 'S' in dynamodb.Keys.id ? dynamodb.Keys.id.S : '';
    const { sequenceNumber, shardId } = this.#intoStream(record, { id, createdAtMs });
    const change: Change = {
      region: this.#region,
      shardId,
      sequenceNumber,
      eventName,
      isExpiry: record.userIdentity !== undefined,
      id,
      createdAtMicroseconds: this.#creationTime(id, createdAtMs),
      happenedAtMs: createdAtMs,
      ...(dynamodb.OldImage && { oldImage: dynamodb.OldImage }),
      ...(dynamodb.NewImage && { newImage: dynamodb.NewImage }),
    };
    this.changes.push(change);
    this.#world.digest.add(`${createdAtMs} ${this.#region} ${eventName} ${id} ${sequenceNumber}`);
    this.#intoKinesis(change, record);
    if (this.#strikes('foreign-record', 0.3) && this.#fires('foreign-record', change)) this.#putForeign(id);
  }

  #intoStream(record: TableChange['record'], { id, createdAtMs }: { id: string; createdAtMs: number }) {
    const { SequenceNumber: sequenceNumber } = record.dynamodb;
    let shardId = '';
    this.stream.append(id, (shard) => {
      shardId = shard;
      return { sequenceNumber, arrivalMs: Math.floor(createdAtMs / 1000) * 1000, record };
    });
    return { sequenceNumber, shardId };
  }

  /**
   * Never earlier than the change before; sometimes two changes of one item bear the same microsecond. Three do not:
   * the item is read for the first two, which takes longer than that, so the third one cannot come after it was read.
   */
  #creationTime(id: string, createdAtMs: number): number {
    const { faults, profile } = this.#world;
    // A change does not bear the time of one long before it: a snapshot between the two would be newer.
    const isNear = createdAtMs - this.#lastMicroseconds / 1000 < mostSkewMs;
    const draws = this.#lastId === id && this.#strikes('tie', 20) && isNear;
    this.#lastId = id;
    const isMeant = draws && profile.mode !== 'one-way';
    if (isMeant && !this.#isTied && faults.fires('tie', 'search-index', id)) {
      this.#isTied = true;
      return this.#lastMicroseconds;
    }
    // Nothing is drawn where a third one would have been: what was drawn before stays as it was.
    const fraction = isMeant ? 0 : this.#random.integer(0, 999);
    this.#lastMicroseconds = Math.max(this.#lastMicroseconds + 1, createdAtMs * 1000 + fraction);
    this.#isTied = false;
    return this.#lastMicroseconds;
  }

  #intoKinesis(change: Change, record: TableChange['record']): void {
    const { createdAtMicroseconds } = change;
    const { data, partitionKey } = toKinesisRecord({ record, tableName: this.#tableName, createdAtMicroseconds });
    const deliver = (fault?: OddRecord) => this.#append(change, { data, partitionKey, fault });
    const isLate = this.#strikes('reorder', 3) && this.#fires('reorder', change);
    if (isLate) this.#later(this.#random.integer(500, 20_000), () => deliver('reorder'));
    else deliver();
    if (!this.#strikes('duplicate', 2) || !this.#fires('duplicate', change)) return;
    const delayMs = this.#random.chance(0.8) ? this.#random.integer(0, 5_000) : this.#random.integer(0, 600_000);
    this.#later(delayMs, () => deliver('duplicate'));
  }

  #putForeign(id: string): void {
    const data = Buffer.from(foreignData[this.#random.integer(0, foreignData.length - 1)] ?? '');
    this.#append(undefined, { data, partitionKey: id, fault: 'foreign-record' });
  }

  #append(
    change: Change | undefined,
    draft: { data: Uint8Array; partitionKey: string; fault: OddRecord | undefined },
  ): void {
    const nowMs = this.#world.clock.nowMs();
    const sequenceNumber = String(firstKinesisSequence + BigInt(this.deliveries.length));
    let at = '';
    const { record } = this.kinesis.append(change?.id ?? draft.partitionKey, (shardId) => {
      at = shardId;
      const raw = { SequenceNumber: sequenceNumber, Data: draft.data, PartitionKey: draft.partitionKey };
      const origin = { streamArn: this.kinesis.source.arn, shardId, region: this.#region, invokeIdentityArn: 'arn' };
      return kinesisRecord({ ...raw, ApproximateArrivalTimestamp: new Date(nowMs) }, origin);
    });
    this.deliveries.push({ shardId: at, sequenceNumber, arrivedAtMs: nowMs, record, ...(change && { change }) });
    if (draft.fault === 'duplicate') this.#repeats += 1;
    if (draft.fault !== undefined) this.odd.set(sequenceNumber, draft.fault);
  }

  #strikes(name: FaultName, weight: number): boolean {
    const { calm, profile } = this.#world;
    return !calm && profile.faults.has(name) && this.#random.chance(Math.min(0.5, profile.rate * weight));
  }

  #fires(name: FaultName, { id }: Change): boolean {
    return this.#world.faults.fires(name, undefined, `${this.#region} ${id}`);
  }

  #later(delayMs: number, work: () => void): void {
    this.pending += 1;
    this.#world.later(delayMs, async () => {
      this.pending -= 1;
      work();
    });
  }
}

/** Sequence numbers grow longer within a run: compared as texts or as `number`s, they would be in another order. */
function renumbered(record: TableChange['record'], count: number): TableChange['record'] {
  const SequenceNumber = String(firstStreamSequence + BigInt(count));
  return { ...record, dynamodb: { ...record.dynamodb, SequenceNumber } };
}
