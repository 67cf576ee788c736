import type { Change } from './change.ts';
import { InvalidRecordError } from './invalid-record.ts';
import { readPosition } from './position.ts';
import { readContent, toCreationTime } from './raw-change.ts';
import { isObject } from './raw-json.ts';

export interface StreamContext {
  /** Where the table is. From configuration, because local engines put other words into the record. */
  readonly region: string;
  /** `event.shardId`: there only when the mapping has a tumbling window. */
  readonly shardId?: string;
}

const poorerViewTypes: readonly unknown[] = ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE'];

/** Field of an error that concerns the stream, not the record: every record of it would fail alike. */
export const streamViewTypeField = 'dynamodb.StreamViewType';

/**
 * The change in one DynamoDB record of a Lambda event, which must come from a stream of NEW_AND_OLD_IMAGES.
 *
 * @throws {InvalidRecordError} for whatever else it is given, naming the field.
 * @see AWS Lambda Developer Guide, "Using AWS Lambda with Amazon DynamoDB", example event
 */
export function parseStreamRecord(record: unknown, context: StreamContext): Change {
  if (!isObject(record) || !isObject(record.dynamodb)) throw new InvalidRecordError('dynamodb', 'is missing');
  const position = readPosition(record, context.shardId);
  if (position === undefined) {
    throw new InvalidRecordError('dynamodb.SequenceNumber', 'or eventSourceARN cannot be read');
  }
  requireBothImages(record.dynamodb.StreamViewType);
  const createdAt = record.dynamodb.ApproximateCreationDateTime;
  if (typeof createdAt !== 'number') {
    throw new InvalidRecordError('dynamodb.ApproximateCreationDateTime', 'is not a number');
  }
  return {
    ...readContent(record, record.dynamodb),
    source: 'stream',
    position,
    createdAt: toCreationTime(createdAt, 'second'),
    region: context.region,
  };
}

function requireBothImages(viewType: unknown): void {
  if (viewType === undefined || viewType === 'NEW_AND_OLD_IMAGES') return;
  if (poorerViewTypes.includes(viewType)) {
    throw new InvalidRecordError(streamViewTypeField, `is ${viewType} instead of NEW_AND_OLD_IMAGES`);
  }
  throw new InvalidRecordError('dynamodb', 'has an unknown StreamViewType');
}
