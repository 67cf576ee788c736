import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { DeadLetterStore } from '../batch/dead-letter.ts';
import { s3ObjectStore } from '../services/s3/client.ts';
import { sqsQueue } from '../services/sqs/client.ts';
import { systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { deadLetterStore } from './dead-letters.ts';

export function connectDeadLetters({ region, deadLetters, codeVersion }: Config): DeadLetterStore {
  const common = { region, maxAttempts: 3 };
  const requestHandler = () =>
    new NodeHttpHandler({ connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true });
  const s3 = new S3Client({ ...common, requestHandler: requestHandler(), forcePathStyle: isLoopback() });
  const sqs = new SQSClient({ ...common, requestHandler: requestHandler() });
  return deadLetterStore({
    objects: s3ObjectStore(s3, deadLetters.bucket),
    notices: sqsQueue(sqs, deadLetters.queueUrl),
    clock: systemClock,
    codeVersion,
  });
}

/** Buckets of a local S3 are no host names. */
function isLoopback(): boolean {
  return /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]?/.test(process.env.AWS_ENDPOINT_URL_S3 ?? '');
}
