import { describe, expect, it } from 'vitest';
import { memorySource } from './sources/memory-source.ts';
import { failed, inserts, KINESIS_ARN, START_MS, scenario, thrown } from './testing/scenario.ts';

const mapping = {
  MaximumRetryAttempts: 1,
  DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::failures' } },
};
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('the document of a discarded batch', () => {
  it('[destination-envelope] [destination-timestamp] [destination-s3-payload] is as Lambda writes it', async () => {
    const play = await scenario({
      records: inserts(1, 2, { arrivalMs: START_MS - 500 }),
      answer: () => thrown,
      mapping,
    });
    await play.clock.advance(1000);
    const [delivery] = play.deliveries;
    const { requestId } = play.of('invocation').at(-1) ?? {};
    expect(requestId).toMatch(UUID);
    expect(delivery).toMatchObject({ kind: 's3', bucketArn: 'arn:aws:s3:::failures' });
    expect(delivery?.body).toBe(
      JSON.stringify({
        requestContext: {
          requestId,
          functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:orders',
          condition: 'RetryAttemptsExhausted',
          approximateInvokeCount: 2,
        },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        version: '1.0',
        timestamp: '2026-01-01T00:00:00.500Z',
        DDBStreamBatchInfo: {
          shardId: 'shard',
          startSequenceNumber: '1',
          endSequenceNumber: '2',
          approximateArrivalOfFirstRecord: '2025-12-31T23:59:59Z',
          approximateArrivalOfLastRecord: '2025-12-31T23:59:59Z',
          batchSize: 2,
          streamArn: play.source.arn,
        },
        payload: JSON.stringify(play.events()[0]),
      }),
    );
  });

  it('[destination-s3-key] is stored under the mapping, the shard, and the time in UTC', async () => {
    const play = await scenario({ records: inserts(1, 1), answer: () => thrown, mapping });
    await play.clock.advance(1000);
    const [delivery] = play.deliveries;
    const [prefix, object] = (delivery?.kind === 's3' ? delivery.key : '').split('2026-01-01T') ?? [];
    expect(prefix).toBe('aws/lambda/00000000-0000-4000-8000-000000000001/shard/2026/01/01/');
    expect(object?.slice(0, 9)).toBe('00.00.00-');
    expect(object?.slice(9)).toMatch(UUID);
  });

  it('[destination-reported-failure] names no function error when the function reported it itself', async () => {
    const reporting = { ...mapping, FunctionResponseTypes: ['ReportBatchItemFailures'] } as const;
    const play = await scenario({ records: inserts(1, 1), answer: () => failed('1'), mapping: reporting });
    await play.clock.advance(1000);
    expect(JSON.parse(play.deliveries[0]?.body ?? '').responseContext).toEqual({
      statusCode: 200,
      executedVersion: '$LATEST',
      functionError: null,
    });
  });

  it('[destination-arrival-times] has KinesisBatchInfo with arrival times in milliseconds for Kinesis', async () => {
    const source = memorySource({ kind: 'kinesis', arn: KINESIS_ARN });
    const records = inserts(1, 1, { arrivalMs: START_MS - 250 });
    const play = await scenario({ source, records, answer: () => thrown, mapping });
    await play.clock.advance(1000);
    expect(JSON.parse(play.deliveries[0]?.body ?? '').KinesisBatchInfo).toMatchObject({
      approximateArrivalOfFirstRecord: '2025-12-31T23:59:59.750Z',
      batchSize: 1,
    });
  });

  it('[destination-function-arn] is written for a function given by ARN under that ARN', async () => {
    const FunctionName = 'arn:aws:lambda:eu-west-1:000000000000:function:orders:live';
    const play = await scenario({
      records: inserts(1, 1),
      answer: () => thrown,
      mapping: { ...mapping, FunctionName },
    });
    await play.clock.advance(1000);
    expect(JSON.parse(play.deliveries[0]?.body ?? '').requestContext.functionArn).toBe(FunctionName);
  });

  it('[metric-delivered] counts its records as delivered', async () => {
    const play = await scenario({ records: inserts(1, 3), answer: () => thrown, mapping });
    await play.clock.advance(1000);
    expect(play.run.status().metrics).toMatchObject({ delivered: 3, dropped: 0 });
  });

  it('[destination-failed-delivery] that cannot be stored is counted as a loss, and the shard goes on', async () => {
    const play = await scenario({
      records: inserts(1, 3),
      answer: () => thrown,
      mapping,
      deliver: () => Promise.reject(new Error('NoSuchBucket')),
    });
    await play.clock.advance(1000);
    expect(play.run.status().metrics).toMatchObject({ delivered: 0, dropped: 3, deliveryFailures: 1 });
    expect(play.run.status().shards[0]?.checkpoint).toBe('3');
  });
});
