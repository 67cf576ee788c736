/** In what the embedded Kinesis and SQS differ from AWS's: the proofs of `docs/engines.md`. */
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  RegisterStreamConsumerCommand,
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

describe('the embedded Kinesis differs from AWS', () => {
  let engine: Engine;
  let kinesis: KinesisClient;

  beforeAll(async () => {
    engine = await startKinesis({ port: await createPortAllocator().take(0) });
    kinesis = createLocalKinesisClient({ endpoint: engine.url, region });
    await kinesis.send(new CreateStreamCommand({ StreamName: 'stream', ShardCount: 1 }));
  });

  afterAll(async () => {
    kinesis?.destroy();
    await engine?.stop();
  });

  it('in reading JSON and no CBOR', async () => {
    const headers = { 'x-amz-target': 'Kinesis_20131202.ListStreams', 'content-type': 'application/x-amz-cbor-1.1' };
    const refused = await fetch(engine.url, { method: 'POST', headers, body: Uint8Array.of(0xa0) });
    expect(await refused.json()).toMatchObject({ __type: 'SerializationException' });
  });

  it('in letting a shard be read more than five times a second', async () => {
    const at = { StreamName: 'stream', ShardId: 'shardId-000000000000', ShardIteratorType: 'LATEST' as const };
    const { ShardIterator } = await kinesis.send(new GetShardIteratorCommand(at));
    const reads = Array.from({ length: 20 }, () => kinesis.send(new GetRecordsCommand({ ShardIterator })));
    expect(await Promise.all(reads)).toHaveLength(20);
  });

  it('in having no readers with a throughput of their own', async () => {
    const StreamARN = `arn:aws:kinesis:${region}:000000000000:stream/stream`;
    const registered = kinesis.send(new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: 'one' }));
    await expect(registered).rejects.toMatchObject({ name: 'UnknownOperationException' });
  });

  it('in having a stream ready at once', async () => {
    const { StreamDescriptionSummary } = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName: 'stream' }));
    expect(StreamDescriptionSummary?.StreamStatus).toBe('ACTIVE');
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
