import { gunzipSync } from 'node:zlib';
import {
  type BatchHeader,
  batchFileFormat,
  InvalidBatchFileError,
  parseJson,
  type RecordedBatch,
  type RecordedRecord,
} from '../batch/recorded-batch.ts';
import { recordsOf } from './batch-sources.ts';

const { format, version } = batchFileFormat;

/**
 * Reads every form in which batches meet people: batch files (plain or gzip), raw Lambda events, on-failure documents
 * with their payload, and SQS envelopes around those. One file can hold several batches.
 *
 * @throws {InvalidBatchFileError} naming the line and what was found there.
 */
export function readBatches(content: Uint8Array): readonly RecordedBatch[] {
  const text = new TextDecoder().decode(isGzip(content) ? gunzip(content) : content);
  const firstLine = text.slice(0, text.indexOf('\n') === -1 ? undefined : text.indexOf('\n'));
  const header = asHeader(tryParse(firstLine));
  if (header !== undefined) return [readLines(header, text)];
  const document = parseJson(text, 'The file');
  const batches = recordsOf(document);
  if (batches.length === 0) {
    throw new InvalidBatchFileError(
      'The file is JSON, but holds no stream records. Accepted: a batch file (its first line has "format"), a Lambda ' +
        'event with "Records", an on-failure document with "payload", or SQS messages around those.',
    );
  }
  return batches;
}

function readLines(header: BatchHeader, text: string): RecordedBatch {
  const lines = text.split('\n').slice(1);
  const records = lines.flatMap((line, index): RecordedRecord[] => {
    if (line.trim() === '') return [];
    const where = `Line ${index + 2}`;
    const parsed = parseJson(line, where);
    if (typeof parsed !== 'object' || parsed === null || !('record' in parsed)) {
      throw new InvalidBatchFileError(
        `${where} has no "record". Each line after the header is {"arrivedAt", "record"}.`,
      );
    }
    const { arrivedAt } = parsed as { arrivedAt?: unknown };
    return [{ ...(typeof arrivedAt === 'string' ? { arrivedAt } : {}), record: parsed.record }];
  });
  return { header, records };
}

function asHeader(line: unknown): BatchHeader | undefined {
  if (typeof line !== 'object' || line === null || !('format' in line) || line.format !== format) return undefined;
  const header = line as Record<string, unknown>;
  if (header.version !== version) {
    throw new InvalidBatchFileError(
      `Line 1: format version ${String(header.version)} is not known here; this tributary reads version ${version}.`,
    );
  }
  const { source, mapping, streamArn, shardId, redaction } = header;
  if ((source !== 'stream' && source !== 'kinesis') || typeof streamArn !== 'string') {
    throw new InvalidBatchFileError('Line 1: the header needs "source" ("stream" or "kinesis") and "streamArn".');
  }
  return {
    source,
    streamArn,
    redaction: redaction === 'masked' ? 'masked' : 'none',
    ...(typeof mapping === 'string' ? { mapping } : {}),
    ...(typeof shardId === 'string' ? { shardId } : {}),
  };
}

function tryParse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isGzip(content: Uint8Array): boolean {
  return content[0] === 0x1f && content[1] === 0x8b;
}

function gunzip(content: Uint8Array): Uint8Array {
  try {
    return gunzipSync(content);
  } catch (cause) {
    throw new InvalidBatchFileError('The file starts as gzip, but cannot be unpacked: it is cut off or damaged.', {
      cause,
    });
  }
}
