import type { AttributeMap, EventRecord } from './event.ts';

/**
 * What is kept in order with a parallelization factor above 1: the partition key on Kinesis, the item (partition and
 * sort key) on DynamoDB.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
 */
export function orderingKey(record: EventRecord): string {
  if ('kinesis' in record) return record.kinesis.partitionKey;
  return orderedKeys(record.dynamodb.Keys);
}

/** The same text for the same key, whatever the order of its attributes. */
export function orderedKeys(keys: AttributeMap): string {
  return JSON.stringify(Object.entries(keys).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** Which of `count` lanes takes a key: the same one in every run (FNV-1a). */
export function laneOf(key: string, count: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % count;
}
