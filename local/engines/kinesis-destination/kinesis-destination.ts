/**
 * Stands in for the Kinesis destination of a DynamoDB table: every change of the table goes into a Kinesis stream, in
 * the form AWS gives it (`kinesis-record.ts`).
 *
 * It reads the table's DynamoDB stream, as part of the engine: consumers never see this reader, and it takes none
 * of their two places on the stream. It starts at the stream's oldest record, so enabling it after the table was
 * created loses nothing. A record is read on only after Kinesis has taken the ones before it; a refusal is retried for
 * ever. Writes that change nothing, which the local engine reports and AWS does not, are dropped here.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { DynamoDbStreamSource, StreamRecord } from '../dynamodb-stream-source.ts';
import { createCreationTimes } from './creation-time.ts';
import { createFaultInjector, type DeliveryFaults } from './delivery-faults.ts';
import { type DestinationPosition, keepPosition, readPosition } from './destination-position.ts';
import { type KinesisRecord, toKinesisRecord } from './kinesis-record.ts';
import { createKinesisWriter, exceedsRecordLimit } from './kinesis-writer.ts';
import { sameItem } from './same-item.ts';
import { createStreamFollower } from './stream-follower.ts';

/** AWS takes some hundred milliseconds too. A call costs as much for one record as for a hundred. */
const pollIntervalMs = 50;
const pauseAfterErrorMs = 500;
const noFaults: DeliveryFaults = { seed: 0, duplicateRate: 0, reorderRate: 0 };

/** read = put + droppedOversize + droppedUnchanged + behind. */
export interface KinesisDestinationStats {
  /** Records read from the DynamoDB stream. */
  readonly read: number;
  /** Records Kinesis has acknowledged, each counted once. */
  readonly put: number;
  /** Injected: records put a second time. */
  readonly duplicated: number;
  /** Injected: pairs of records that changed places. */
  readonly reordered: number;
  /** Records above Kinesis's size limit, which never arrive; AWS counts them in FailedToReplicateRecordCount. */
  readonly droppedOversize: number;
  /** Writes that left the item as it was: on AWS they make no record. */
  readonly droppedUnchanged: number;
  /** Records read and not yet acknowledged. */
  readonly behind: number;
}

export interface KinesisDestination {
  stats(): KinesisDestinationStats;
  /** Resolves once every write made before this call is in Kinesis, and so are the duplicates waiting their turn. */
  idle(): Promise<void>;
  /** Injected: puts records of its stream once more. Resolves once Kinesis has them. */
  putAgain(records: readonly KinesisRecord[]): Promise<void>;
  stop(): Promise<void>;
}

export interface KinesisDestinationOptions {
  readonly source: DynamoDbStreamSource;
  readonly kinesis: KinesisClient;
  readonly tableName: string;
  readonly tableStreamArn: string;
  readonly kinesisStreamName: string;
  /** @default none */
  readonly faults?: DeliveryFaults;
  /**
   * Where its position survives this process: the next one goes on from there, and puts again at most what was being
   * put when this one ended. @default it begins at the stream's oldest record
   */
  readonly positionFile?: string;
  /** Told of every failed call; the destination retries and goes on. */
  readonly onError: (error: Error) => void;
}

/** @throws {Error} when the table's stream does not carry both images. */
export async function startKinesisDestination(options: KinesisDestinationOptions): Promise<KinesisDestination> {
  const { source, tableStreamArn, tableName } = options;
  const { StreamViewType: view } = await source.describeStream(tableStreamArn);
  if (view !== 'NEW_AND_OLD_IMAGES') {
    throw new Error(
      `The stream of table ${tableName} has view type ${view}: the local Kinesis destination needs ` +
        'NEW_AND_OLD_IMAGES, as its records always carry both images.',
    );
  }
  const from = options.positionFile === undefined ? undefined : await readPosition(options.positionFile);
  return run(options, from);
}

function run(options: KinesisDestinationOptions, from: DestinationPosition | undefined): KinesisDestination {
  const { source, tableStreamArn, positionFile, onError } = options;
  const aborter = new AbortController();
  const { signal } = aborter;
  const follower = createStreamFollower({ source, streamArn: tableStreamArn, ...(from && { after: from.shards }) });
  const forwarder = createForwarder(options, { signal, createdAtMicroseconds: from?.createdAtMicroseconds ?? 0 });
  let waiting: PromiseWithResolvers<void>[] = [];

  /** Whether the round found anything; one that began after a write was made and finds nothing proves it delivered. */
  async function round(): Promise<boolean> {
    let found = false;
    for await (const records of follower.round()) {
      found = true;
      const createdAtMicroseconds = await forwarder.forward(records);
      if (positionFile === undefined) continue;
      await keepPosition(positionFile, { shards: follower.progress(), createdAtMicroseconds });
    }
    await forwarder.repeat('due');
    return found;
  }

  async function loop(): Promise<void> {
    while (!signal.aborted) {
      const asked = waiting;
      try {
        if (!(await round())) {
          if (asked.length > 0) await forwarder.repeat('all');
          waiting = waiting.filter((one) => !asked.includes(one));
          for (const one of asked) one.resolve();
        }
        await delay(pollIntervalMs, undefined, { signal });
      } catch (error) {
        if (signal.aborted) break;
        onError(new Error(`Reading the stream of table ${options.tableName} failed`, { cause: error }));
        await delay(pauseAfterErrorMs, undefined, { signal }).catch(() => undefined);
      }
    }
    for (const one of waiting) one.reject(stoppedEarly());
  }

  const ended = loop();
  return {
    stats: forwarder.stats,
    idle() {
      const one = Promise.withResolvers<void>();
      if (signal.aborted) one.reject(stoppedEarly());
      else waiting = [...waiting, one];
      return one.promise;
    },
    putAgain: forwarder.putAgain,
    async stop() {
      aborter.abort();
      await ended;
    },
  };
}

function stoppedEarly(): Error {
  return new Error('The Kinesis destination was stopped before it was idle.');
}

interface Forwarder {
  /** Resolves with the last creation time given once Kinesis has the records that go there. */
  forward(records: readonly StreamRecord[]): Promise<number>;
  /** Puts remembered records a second time. */
  repeat(which: 'due' | 'all'): Promise<void>;
  putAgain(records: readonly KinesisRecord[]): Promise<void>;
  stats(): KinesisDestinationStats;
}

function createForwarder(
  options: KinesisDestinationOptions,
  { signal, createdAtMicroseconds }: { signal: AbortSignal; createdAtMicroseconds: number },
): Forwarder {
  const { kinesis, kinesisStreamName, onError } = options;
  const writer = createKinesisWriter({ kinesis, streamName: kinesisStreamName, signal, onError });
  const faults = createFaultInjector(options.faults ?? noFaults);
  const { convert, lastCreatedAt } = createConverter(options.tableName, createdAtMicroseconds);
  const count = { read: 0, put: 0, duplicated: 0, reordered: 0, droppedOversize: 0, droppedUnchanged: 0 };
  const putAgain = async (records: readonly KinesisRecord[]): Promise<void> => {
    await writer.put(records);
    count.duplicated += records.length;
  };
  return {
    async forward(records) {
      count.read += records.length;
      const fitting: KinesisRecord[] = [];
      for (const record of records) {
        const converted = convert(record);
        if (converted === 'unchanged') count.droppedUnchanged += 1;
        else if (exceedsRecordLimit(converted)) count.droppedOversize += 1;
        else fitting.push(converted);
      }
      const { batch, swaps } = faults.reorder(fitting);
      await writer.put(batch);
      count.reordered += swaps;
      count.put += batch.length;
      faults.remember(batch);
      return lastCreatedAt();
    },
    repeat: (which) => putAgain(faults.takeDue(which)),
    putAgain,
    stats: () => ({ ...count, behind: count.read - count.put - count.droppedOversize - count.droppedUnchanged }),
  };
}

interface Converter {
  convert(record: StreamRecord): KinesisRecord | 'unchanged';
  /** Microseconds. */
  lastCreatedAt(): number;
}

function createConverter(tableName: string, lastCreatedAtMicroseconds: number): Converter {
  const creationTime = createCreationTimes(lastCreatedAtMicroseconds);
  let last = lastCreatedAtMicroseconds;
  return {
    convert(record) {
      const { NewImage, OldImage, ApproximateCreationDateTime } = record.dynamodb;
      if (NewImage !== undefined && OldImage !== undefined && sameItem(NewImage, OldImage)) return 'unchanged';
      last = creationTime(ApproximateCreationDateTime);
      return toKinesisRecord({ record, tableName, createdAtMicroseconds: last });
    },
    lastCreatedAt: () => last,
  };
}
