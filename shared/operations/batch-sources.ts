import { type BatchHeader, InvalidBatchFileError, parseJson, type RecordedBatch } from '../batch/recorded-batch.ts';

type Json = { readonly [field: string]: unknown };

/**
 * Finds stream records in a JSON document, whatever is wrapped around them:
 *
 * - a Lambda event: `{"Records":[…]}`, with `shardId` when it is a window event,
 * - an on-failure document of an event source mapping: `{"DDBStreamBatchInfo"|"KinesisBatchInfo", "payload"}`; AWS
 *   writes the payload as escaped JSON, emulators as an object,
 * - a dead letter: `{"record", "position"}`,
 * - SQS around one of those: a Lambda event of `aws:sqs` records, or the answer of ReceiveMessage.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-errors.html
 */
export function recordsOf(document: unknown): readonly RecordedBatch[] {
  if (!isObject(document)) return [];
  const info = document.DDBStreamBatchInfo ?? document.KinesisBatchInfo;
  if (isObject(info)) return onFailureDocument(document, info);
  if (isObject(document.position) && 'record' in document) return deadLetter(document, document.position);
  const messages = document.Messages;
  if (Array.isArray(messages)) return messages.flatMap((message) => envelope(message, 'Body'));
  const records = document.Records;
  if (!Array.isArray(records) || records.length === 0) return [];
  if (isObject(records[0]) && records[0].eventSource === 'aws:sqs') {
    return records.flatMap((record) => envelope(record, 'body'));
  }
  return [lambdaEvent(records, document.shardId)];
}

function lambdaEvent(records: readonly unknown[], shardId: unknown): RecordedBatch {
  const first = records[0];
  const source = isObject(first) && first.eventSource === 'aws:kinesis' ? 'kinesis' : 'stream';
  const streamArn = isObject(first) ? first.eventSourceARN : undefined;
  if (typeof streamArn !== 'string') {
    throw new InvalidBatchFileError(
      'Records[0] has no "eventSourceARN": this is not an event of a DynamoDB stream or of Kinesis.',
    );
  }
  const shard = typeof shardId === 'string' ? shardId : source === 'kinesis' ? shardOfEventId(first) : undefined;
  const header: BatchHeader = {
    source,
    streamArn,
    redaction: 'none',
    ...(shard === undefined ? {} : { shardId: shard }),
  };
  return { header, records: records.map((record) => ({ record })) };
}

function onFailureDocument(document: Json, info: Json): readonly RecordedBatch[] {
  const { payload } = document;
  if (payload === undefined) {
    throw new InvalidBatchFileError(
      'The on-failure document has no "payload": it came from SQS or SNS, which hold only pointers into the shard ' +
        `(${String(info.startSequenceNumber)} to ${String(info.endSequenceNumber)}). ` +
        'Only the S3 destination keeps the records.',
    );
  }
  const event = typeof payload === 'string' ? parseJson(payload, 'The payload of the on-failure document') : payload;
  const shardId = info.shardId;
  return recordsOf(event).map((batch) => ({
    ...batch,
    header: { ...batch.header, ...(typeof shardId === 'string' ? { shardId } : {}) },
  }));
}

function deadLetter(document: Json, position: Json): readonly RecordedBatch[] {
  const { consumer, record } = document;
  return [lambdaEvent([record], position.shardId)].map((batch) => ({
    ...batch,
    header: { ...batch.header, ...(typeof consumer === 'string' ? { mapping: consumer } : {}) },
  }));
}

function envelope(message: unknown, field: 'Body' | 'body'): readonly RecordedBatch[] {
  const body = isObject(message) ? message[field] : undefined;
  if (typeof body !== 'string') throw new InvalidBatchFileError(`An SQS message has no "${field}".`);
  return recordsOf(parseJson(body, 'The body of an SQS message'));
}

function shardOfEventId(record: unknown): string | undefined {
  const eventId = isObject(record) ? record.eventID : undefined;
  return typeof eventId === 'string' && eventId.includes(':') ? eventId.slice(0, eventId.indexOf(':')) : undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
