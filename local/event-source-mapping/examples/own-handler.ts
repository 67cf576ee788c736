import assert from 'node:assert/strict';
import { type DynamoDbEventRecord, exerciseHandler } from '@tributary/event-source-mapping';

const changes = ['ann', 'bob', 'cy'].map((id) => ({ keys: { id: { S: id } }, newImage: { id: { S: id } } }));
for (let seed = 1; seed <= 100; seed += 1) {
  const welcomed = new Set<string>();
  const handler = (event: { Records: DynamoDbEventRecord[] }) => {
    for (const { dynamodb } of event.Records) welcomed.add(JSON.stringify(dynamodb.Keys));
  };
  const { metrics } = await exerciseHandler({ changes, handler, seed });
  assert.deepEqual({ welcomed: welcomed.size, processed: metrics.processed }, { welcomed: 3, processed: 3 });
}
