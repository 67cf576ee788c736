import { SQSClient } from '@aws-sdk/client-sqs';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { DeadLetterStore } from '../batch/dead-letter.ts';
import { s3ObjectStore } from '../services/s3/client.ts';
import { sqsQueue } from '../services/sqs/client.ts';
import { systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { createS3Client } from './create-s3-client.ts';
import { deadLetterStore } from './dead-letters.ts';

export function connectDeadLetters({ region, deadLetters, codeVersion }: Config): DeadLetterStore {
  const requestTimeoutMs = 5_000;
  const s3 = createS3Client({ region, requestTimeoutMs });
  const sqs = new SQSClient({
    region,
    maxAttempts: 3,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 1_000,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
    }),
  });
  return deadLetterStore({
    objects: s3ObjectStore(s3, deadLetters.bucket),
    notices: sqsQueue(sqs, deadLetters.queueUrl),
    clock: systemClock,
    codeVersion,
  });
}
