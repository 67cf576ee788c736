import {
  kinesisRecord,
  memoryPositions,
  memorySource,
  startMapping,
  virtualClock,
} from '@tributary/event-source-mapping';

const arn = 'arn:aws:kinesis:eu-west-1:000000000000:stream/orders';
const clock = virtualClock({ startMs: Date.UTC(2026, 0, 1) });
const source = memorySource({ kind: 'kinesis', arn });

const shardId = 'shardId-000000000000';
const origin = {
  streamArn: arn,
  shardId,
  region: 'eu-west-1',
  invokeIdentityArn: 'arn:aws:iam::000000000000:role/orders',
};
source.open(shardId);
source.append(
  shardId,
  ['good', 'good', 'poison', 'good'].map((text, index) => {
    const arrival = { ApproximateArrivalTimestamp: new Date(clock.nowMs()), PartitionKey: 'any' };
    return kinesisRecord({ SequenceNumber: `${index + 1}`, Data: Buffer.from(text), ...arrival }, origin);
  }),
);

const mapping = await startMapping({
  mapping: {
    UUID: '5d0d5b4c-6f0e-4d5e-9d51-2b8f3f4c7a10',
    EventSourceArn: arn,
    FunctionName: 'orders',
    StartingPosition: 'TRIM_HORIZON',
    MaximumRetryAttempts: 2,
    BisectBatchOnFunctionError: true,
    DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::orders-failures' } },
  },
  invoke: async ({ Records }) => {
    const texts = Records.flatMap((record) => ('kinesis' in record ? [atob(record.kinesis.data)] : []));
    process.stdout.write(`${clock.nowMs() % 60_000} ms  ${texts.join(' ')}\n`);
    if (!texts.includes('poison')) return { kind: 'returned', payload: null };
    return { kind: 'functionError', error: { errorType: 'Error', errorMessage: 'cannot read this' } };
  },
  deliver: async ({ kind, body }) => {
    process.stdout.write(`${kind}  ${JSON.parse(body).requestContext.condition}\n`);
  },
  ...{ source, clock, random: () => 0.5, positions: memoryPositions() },
});

await clock.advance(5000);
await mapping.stop();
