import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe } from 'vitest';
import type { Engine } from '../../local/engines/engine.ts';
import { createPortAllocator } from '../../local/engines/ports.ts';
import { startSqs } from '../../local/engines/sqs.ts';
import { sqsWorkQueue } from '../../shared/services/sqs/work-queue.ts';
import { describeWorkQueueContract } from '../../shared/testing/work-queue-contract.ts';
import { credentials, onEmbeddedAndMoto, region } from '../independent-engines.ts';

const startEmbedded = async () => startSqs({ port: await createPortAllocator().take(0), region });

await onEmbeddedAndMoto({ name: 'SQS', startEmbedded }, ({ name, start }) => {
  describe(name, () => {
    let engine: Engine;
    let client: SQSClient;
    let queues = 0;
    beforeAll(async () => {
      engine = await start();
      client = new SQSClient({ endpoint: engine.url, region, credentials });
    });
    afterAll(() => engine?.stop());

    describeWorkQueueContract(`client of SQS on ${name}`, async () => {
      queues += 1;
      const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName: `contract-${queues}` }));
      return sqsWorkQueue(client, QueueUrl);
    });
  });
});
