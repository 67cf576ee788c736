/** In what the embedded Kinesis and SQS differ from AWS's: the proofs of `docs/engines.md`. */
import {
  CreateStreamCommand,
  GetRecordsCommand,
  type KinesisClient,
  PutRecordsCommand,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../local/engines/engine.ts';
import { startKinesis } from '../../local/engines/kinesis.ts';
import { createLocalKinesisClient } from '../../local/engines/kinesis-client.ts';
import { createPortAllocator } from '../../local/engines/ports.ts';
import { startSqs } from '../../local/engines/sqs.ts';
import { credentials, onEmbeddedAndMoto, region } from '../independent-engines.ts';

describe('kinesis-local differs from AWS', () => {
  let engine: Engine;
  let kinesis: KinesisClient;

  beforeAll(async () => {
    engine = await startKinesis({ port: await createPortAllocator().take(0) });
    kinesis = createLocalKinesisClient({ endpoint: engine.url, region });
    await kinesis.send(new CreateStreamCommand({ StreamName: 'stream', ShardCount: 1 }));
    await waitUntilStreamExists({ client: kinesis, maxWaitTime: 30, minDelay: 1 }, { StreamName: 'stream' });
  });

  afterAll(async () => {
    kinesis?.destroy();
    await engine?.stop();
  });

  it('in taking more than 500 records in one call', async () => {
    const Records = Array.from({ length: 501 }, (_, number) => ({ PartitionKey: `${number}`, Data: Buffer.from('x') }));
    const { FailedRecordCount } = await kinesis.send(new PutRecordsCommand({ StreamName: 'stream', Records }));
    expect(FailedRecordCount).toBe(0);
  });

  it('in refusing what is no iterator with an error that has no type', async () => {
    const read = kinesis.send(new GetRecordsCommand({ ShardIterator: 'none' }));
    await expect(read).rejects.not.toMatchObject({ name: 'InvalidArgumentException' });
  });
});

const startEmbedded = async () => startSqs({ port: await createPortAllocator().take(0), region });

await onEmbeddedAndMoto({ name: 'SQS', startEmbedded }, ({ name, start }) => {
  describe(`SQS, ${name}, differs from AWS`, () => {
    let engine: Engine;
    let sqs: SQSClient;

    beforeAll(async () => {
      engine = await start();
      sqs = new SQSClient({ endpoint: engine.url, region, credentials });
    });

    afterAll(async () => {
      sqs?.destroy();
      await engine?.stop();
    });

    it('in whether it tells how often a message was received', async () => {
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'counted' }));
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
      const MessageSystemAttributeNames = ['ApproximateReceiveCount' as const];
      const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames }));
      expect(Messages?.[0]?.Attributes?.ApproximateReceiveCount).toBe(name === 'moto' ? '1' : undefined);
    });

    it('in giving the name of a deleted queue again at once', async () => {
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'again' }));
      await sqs.send(new DeleteQueueCommand({ QueueUrl }));
      expect(await sqs.send(new CreateQueueCommand({ QueueName: 'again' }))).toMatchObject({ QueueUrl });
    });
  });
});
