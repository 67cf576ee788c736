import { describe, expect, it } from 'vitest';
import type { AttributeMap, DynamoDbEventRecord } from '../event.ts';
import { type TableChange, tableChangeRecord } from '../records/table-change.ts';
import { START_MS, STREAM_ARN } from '../testing/scenario.ts';

function recordOf(change: TableChange): DynamoDbEventRecord | undefined {
  const place = { streamArn: STREAM_ARN, shardId: 'shard', region: 'eu-west-1' };
  const made = tableChangeRecord(change, { ...place, sequenceNumber: '1', arrivalMs: START_MS });
  return made && 'dynamodb' in made.record ? made.record : undefined;
}

const keys: AttributeMap = { Id: { N: '101' } };
const before: AttributeMap = { Message: { S: 'New item!' }, ...keys };
const after: AttributeMap = { Message: { S: 'This item has changed' }, ...keys };

describe('the record of a write', () => {
  it('[event-size-bytes] has the size that the sample events of AWS have', () => {
    expect(recordOf({ keys, newImage: before })?.dynamodb.SizeBytes).toBe(26);
    expect(recordOf({ keys, oldImage: before, newImage: after })?.dynamodb.SizeBytes).toBe(59);
    expect(recordOf({ keys, oldImage: after })?.dynamodb.SizeBytes).toBe(38);
  });
});
