import { S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** S3 where the environment points (`AWS_ENDPOINT_URL_S3` on a laptop). */
export function createS3Client({ region, requestTimeoutMs }: { region: string; requestTimeoutMs: number }): S3Client {
  return new S3Client({
    region,
    maxAttempts: 3,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 1_000,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
    }),
    forcePathStyle: isLoopback(),
  });
}

/** Buckets of a local S3 are no host names. */
function isLoopback(): boolean {
  return /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]?/.test(process.env.AWS_ENDPOINT_URL_S3 ?? '');
}
