import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Queue } from './port.ts';

/** One queue through a real client, which brings endpoint, timeouts and retries. */
export function sqsQueue(client: SQSClient, queueUrl: string): Queue {
  return {
    send: async (body) => {
      await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
    },
  };
}
