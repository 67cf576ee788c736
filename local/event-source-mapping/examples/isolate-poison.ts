import { simulateMapping } from '@tributary/event-source-mapping';

const { invocations, documents, metrics } = await simulateMapping({
  mapping: {
    EventSourceArn: 'arn:aws:kinesis:eu-west-1:000000000000:stream/orders',
    FunctionName: 'orders',
    StartingPosition: 'TRIM_HORIZON',
    MaximumRetryAttempts: 2,
    BisectBatchOnFunctionError: true,
    DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::orders-failures' } },
  },
  shards: [
    {
      shardId: 'shardId-000000000000',
      records: ['good', 'good', 'poison', 'good'].map((data) => ({ partitionKey: 'any', data })),
    },
  ],
  handler: ({ Records }) => {
    if (Records.some((record) => 'kinesis' in record && atob(record.kinesis.data) === 'poison')) {
      throw new Error('cannot read this');
    }
  },
});

for (const { startedMs, event } of invocations) {
  const texts = event.Records.map((record) => ('kinesis' in record ? atob(record.kinesis.data) : ''));
  process.stdout.write(`${startedMs % 60_000} ms  ${texts.join(' ')}\n`);
}
for (const { body } of documents) process.stdout.write(`${JSON.parse(body).requestContext.condition}\n`);
process.stdout.write(`processed ${metrics.processed}, delivered to the destination ${metrics.delivered}\n`);
