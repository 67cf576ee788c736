import type { Change, CreationTime } from './change.ts';
import { InvalidRecordError } from './invalid-record.ts';
import { decodeBinaryOnce } from './kinesis-binary.ts';
import { readPosition } from './position.ts';
import { readContent, toCreationTime } from './raw-change.ts';
import { isObject, type RawObject } from './raw-json.ts';

/**
 * The change in one Kinesis record of a Lambda event, written there by Kinesis Data Streams for DynamoDB.
 *
 * @throws {InvalidRecordError} for whatever else it is given, naming the field.
 * @see Amazon DynamoDB Developer Guide, "Using Kinesis Data Streams to capture changes to DynamoDB"
 */
export function parseKinesisRecord(record: unknown, context: { readonly region: string }): Change {
  if (!isObject(record) || !isObject(record.kinesis)) throw new InvalidRecordError('kinesis', 'is missing');
  const position = readPosition(record);
  if (position === undefined)
    throw new InvalidRecordError('kinesis.sequenceNumber', 'or eventSourceARN cannot be read');
  if (position.shardId === undefined) throw new InvalidRecordError('eventID', 'does not name the shard');
  const text = readText(record.kinesis.data);
  const event = parseJson(text);
  if (!isObject(event.dynamodb)) throw new InvalidRecordError('dynamodb', 'is missing in kinesis.data');
  return {
    ...decodeBinaryOnce(readContent(event, event.dynamodb), text),
    source: 'kinesis',
    position,
    createdAt: readCreationTime(event.dynamodb),
    region: context.region,
    ...(typeof event.eventID === 'string' && event.eventID !== '' ? { eventId: event.eventID } : {}),
  };
}

function readText(data: unknown): string {
  if (typeof data !== 'string') throw new InvalidRecordError('kinesis.data', 'is missing');
  return Buffer.from(data, 'base64').toString('utf8');
}

function parseJson(text: string): RawObject {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    // Without the cause: the message of a SyntaxError quotes the text, which is personal data.
    throw new InvalidRecordError('kinesis.data', 'is not JSON in base64');
  }
  if (!isObject(event)) throw new InvalidRecordError('kinesis.data', 'is not a JSON object');
  return event;
}

/** The precision is a setting that can change on a live stream, and older records do not say it. */
function readCreationTime(body: RawObject): CreationTime {
  const value = body.ApproximateCreationDateTime;
  if (typeof value !== 'number') {
    throw new InvalidRecordError('dynamodb.ApproximateCreationDateTime', 'is not a number');
  }
  switch (body.ApproximateCreationDateTimePrecision) {
    case 'MICROSECOND':
      return toCreationTime(value, 'microsecond');
    case 'MILLISECOND':
      return toCreationTime(value, 'millisecond');
    default:
      return toCreationTime(value, precisionOf(value));
  }
}

/** Between 1973 and 5138 the three units do not overlap. */
function precisionOf(value: number): CreationTime['precision'] {
  if (value < 1e11) return 'second';
  return value < 1e14 ? 'millisecond' : 'microsecond';
}
