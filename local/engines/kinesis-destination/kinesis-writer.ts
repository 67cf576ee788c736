import { setTimeout as delay } from 'node:timers/promises';
import { type KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import type { KinesisRecord } from './kinesis-record.ts';

// Limits of PutRecords (API reference). The local engine enforces none of them.
const maxRecordsPerCall = 500;
const maxBytesPerCall = 5 * 1024 * 1024;
const maxRecordBytes = 1024 * 1024;

const firstPauseMs = 20;
const longestPauseMs = 2_000;

export interface KinesisWriter {
  /** Resolves once Kinesis has acknowledged every record; retries until then. @throws {Error} only when aborted. */
  put(records: readonly KinesisRecord[]): Promise<void>;
}

export interface KinesisWriterOptions {
  readonly kinesis: KinesisClient;
  readonly streamName: string;
  readonly signal: AbortSignal;
  /** Told of every refusal; the writer goes on. */
  readonly onError: (error: Error) => void;
}

/** A record above this size is one that AWS skips too: the table's changes go on without it. */
export function exceedsRecordLimit(record: KinesisRecord): boolean {
  return sizeBytes(record) > maxRecordBytes;
}

/** Writes in the order given; a record that Kinesis refuses is sent again by itself and may fall behind later ones. */
export function createKinesisWriter({ kinesis, streamName, signal, onError }: KinesisWriterOptions): KinesisWriter {
  async function call(records: readonly KinesisRecord[]): Promise<readonly KinesisRecord[]> {
    const reply = await kinesis.send(
      new PutRecordsCommand({
        StreamName: streamName,
        Records: records.map(({ partitionKey, data }) => ({ PartitionKey: partitionKey, Data: data })),
      }),
      { abortSignal: signal },
    );
    const refused = records.filter((_, index) => reply.Records?.[index]?.ErrorCode !== undefined);
    if (refused.length > 0) {
      const code = reply.Records?.find((entry) => entry.ErrorCode !== undefined)?.ErrorCode;
      onError(
        new Error(`Kinesis stream ${streamName} refused ${refused.length} of ${records.length} records: ${code}`),
      );
    }
    return refused;
  }

  async function putBatch(batch: readonly KinesisRecord[]): Promise<void> {
    let left = batch;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      signal.throwIfAborted();
      try {
        left = await call(left);
        if (left.length === 0) return;
      } catch (cause) {
        signal.throwIfAborted();
        onError(new Error(`Kinesis stream ${streamName} did not take ${left.length} records`, { cause }));
      }
      await delay(pauseMs, undefined, { signal });
    }
  }

  return {
    async put(records) {
      for (const batch of batchesOf(records)) await putBatch(batch);
    },
  };
}

/** Exported for its test. */
export function batchesOf(records: readonly KinesisRecord[]): KinesisRecord[][] {
  const batches: KinesisRecord[][] = [];
  let batchBytes = 0;
  for (const record of records) {
    const batch = batches.at(-1);
    const bytes = sizeBytes(record);
    if (batch !== undefined && batch.length < maxRecordsPerCall && batchBytes + bytes <= maxBytesPerCall) {
      batch.push(record);
      batchBytes += bytes;
    } else {
      batches.push([record]);
      batchBytes = bytes;
    }
  }
  return batches;
}

function sizeBytes({ partitionKey, data }: KinesisRecord): number {
  return Buffer.byteLength(partitionKey) + data.byteLength;
}
