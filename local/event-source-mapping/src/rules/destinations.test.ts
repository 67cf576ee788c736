import { describe, expect, it } from 'vitest';
import { inserts, scenario, thrown } from '../testing/scenario.ts';

const toArn = (arn: string) => ({ MaximumRetryAttempts: 0, DestinationConfig: { OnFailure: { Destination: arn } } });
const queue = 'arn:aws:sqs:eu-west-1:000000000000:failures';
const topic = 'arn:aws:sns:eu-west-1:000000000000:failures';

describe('the failure destination', () => {
  it.each([queue, topic])('[destination-pointers-only] %s is told where the records are, and not what', async (arn) => {
    const play = await scenario({ records: inserts(1, 3), answer: () => thrown, mapping: toArn(arn) });
    await play.clock.advance(1000);
    const [delivery] = play.deliveries;
    expect(delivery).toMatchObject({ kind: arn.split(':')[2], targetArn: arn, recordCount: 3 });
    const message = JSON.parse(delivery?.body ?? '');
    expect(Object.keys(message)).toEqual([
      ...['requestContext', 'responseContext', 'version', 'timestamp', 'DDBStreamBatchInfo'],
    ]);
    expect(message.DDBStreamBatchInfo).toMatchObject({
      startSequenceNumber: '1',
      endSequenceNumber: '3',
      batchSize: 3,
    });
  });

  it.each([
    `${queue}.fifo`,
    `${topic}.fifo`,
  ])('[destination-fifo-fails] %s takes nothing: the loss counts', async (arn) => {
    const play = await scenario({ records: inserts(1, 3), answer: () => thrown, mapping: toArn(arn) });
    await play.clock.advance(1000);
    expect(play.deliveries).toEqual([]);
    expect(play.run.status().metrics).toMatchObject({ deliveryFailures: 1, dropped: 3, delivered: 0 });
    expect(play.of('deliveryFailed')[0]?.error).toMatchObject({ message: expect.stringContaining('FIFO') });
  });
});
