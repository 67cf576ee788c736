import { isObject } from '../change/raw-json.ts';
import type { KinesisRecord, StreamRecord } from './record-builder.ts';

/** Where a record stands in its stream is AWS's own word; all that is in it may be anything. */

export function hiddenInStream(content: unknown, { dynamodb, ...rest }: StreamRecord) {
  const body = isObject(content) && isObject(content.dynamodb) ? content.dynamodb : { content };
  const eventName = isObject(content) ? content.eventName : undefined;
  return { ...rest, eventName, dynamodb: { ...body, SequenceNumber: dynamodb.SequenceNumber } };
}

export function hiddenInKinesis(content: unknown, { kinesis, ...rest }: KinesisRecord) {
  const data = isObject(content) && isObject(content.kinesis) ? content.kinesis.data : undefined;
  const text = typeof data === 'string' ? data : Buffer.from(JSON.stringify(content)).toString('base64');
  return { ...rest, kinesis: { ...kinesis, data: text } };
}
