/**
 * The one format for recorded batches: JSON Lines, a header, then one AWS record per line with its arrival time.
 * Fixtures, captures, archives and bug reports are all this; gzip is recognised by its first bytes.
 *
 * ```
 * {"format":"tributary-batch","version":1,"source":"stream","mapping":"…","streamArn":"…","shardId":"…",…}
 * {"arrivedAt":"2026-01-01T00:00:00.000Z","record":{…the Lambda record as it was delivered…}}
 * ```
 */
export interface RecordedBatch {
  readonly header: BatchHeader;
  readonly records: readonly RecordedRecord[];
}

export interface BatchHeader {
  readonly source: 'stream' | 'kinesis';
  /** The consumer whose mapping delivered the batch; absent when the file does not tell. */
  readonly mapping?: string;
  readonly streamArn: string;
  /** Absent for DynamoDB records of an ordinary Lambda event: only window events tell the shard. */
  readonly shardId?: string;
  /** `masked`: personal attributes were replaced by keyed hashes; keys and groups still match each other. */
  readonly redaction: 'none' | 'masked';
}

export interface RecordedRecord {
  /** ISO 8601, when the mapping read it; absent in formats that do not tell. */
  readonly arrivedAt?: string;
  readonly record: unknown;
}

export const batchFileFormat = { format: 'tributary-batch', version: 1 } as const;

/** The batch as the text of a file. The same batch gives the same text. */
export function writeBatchFile(batch: RecordedBatch): string {
  const lines = [{ ...batchFileFormat, ...batch.header }, ...batch.records];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** A file that holds no batch: says which line and what is accepted. */
export class InvalidBatchFileError extends Error {
  override readonly name = 'InvalidBatchFileError';
}

/** @throws {InvalidBatchFileError} saying where the JSON breaks. */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidBatchFileError(`${what} is not JSON: ${reason}`, { cause });
  }
}
