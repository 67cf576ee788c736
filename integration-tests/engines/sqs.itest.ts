import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../local/engines/engine.ts';
import { createPortAllocator } from '../../local/engines/ports.ts';
import { startSqs } from '../../local/engines/sqs.ts';
import { sqsWorkQueue } from '../../shared/services/sqs/work-queue.ts';

const region = 'eu-west-1';
let engine: Engine;
let sqs: SQSClient;

beforeAll(async () => {
  engine = await startSqs({ port: await createPortAllocator().take(0), region });
  const credentials = { accessKeyId: 'any', secretAccessKey: 'pair' };
  sqs = new SQSClient({ endpoint: engine.url, region, credentials });
});

afterAll(() => engine.stop());

test('a message is received, deleted and then gone', async () => {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'dead-letters' }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one dead letter' }));

  const { Messages: received = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  expect(received.map(({ Body }) => Body)).toEqual(['one dead letter']);
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: received[0]?.ReceiptHandle }));

  const AttributeNames = ['ApproximateNumberOfMessages' as const, 'QueueArn' as const];
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  expect(Attributes).toEqual({
    ApproximateNumberOfMessages: '0',
    QueueArn: 'arn:aws:sqs:eu-west-1:000000000000:dead-letters',
  });
});

test('a work queue gives no message twice until it is released, and none that is removed', async () => {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'work' }));
  const queue = sqsWorkQueue(sqs, QueueUrl);
  await queue.send('one');
  const [message] = await queue.receive();
  expect(message?.body).toBe('one');
  expect(await queue.receive()).toEqual([]);
  if (message !== undefined) await queue.release(message);
  const [again] = await queue.receive();
  expect(again?.body).toBe('one');
  if (again !== undefined) await queue.remove(again);
  expect(await queue.receive()).toEqual([]);
});

test('two engines share no queue', async () => {
  const other = await startSqs({ port: await createPortAllocator().take(0), region: 'us-east-1' });
  const client = new SQSClient({
    endpoint: other.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'pair' },
  });
  await sqs.send(new CreateQueueCommand({ QueueName: 'here-only' }));

  const QueueUrl = `${other.url}/000000000000/here-only`;
  const sent = client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
  await expect(sent).rejects.toMatchObject({ name: 'QueueDoesNotExist' });

  await other.stop();
});

test('a stopped engine lets go of its port', async () => {
  const port = await createPortAllocator().take(0);
  const first = await startSqs({ port, region });
  await first.stop();
  await first.stop();

  const second = await startSqs({ port, region });
  await second.stop();
});

test('a taken port is named in the refusal', async () => {
  const port = Number(new URL(engine.url).port);

  await expect(startSqs({ port, region })).rejects.toThrow(`Cannot listen on 127.0.0.1:${port}`);
});
