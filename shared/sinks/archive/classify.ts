import { FatalConfigError, type PipelineError, RetryableError } from '../../batch/errors.ts';

const deploymentFaults = [
  'NoSuchBucket',
  'AccessDenied',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'PermanentRedirect',
];
const throttles = ['SlowDown', 'ThrottlingException', 'RequestLimitExceeded', 'TooManyRequestsException'];

/** What an error of S3 means for the batch. S3 refuses no content, so none of it is poison. */
export function classify(error: unknown): PipelineError {
  const name = error instanceof Error ? error.name : 'unknown error';
  const message = `the archive's object was not stored: ${name}`;
  if (deploymentFaults.includes(name)) {
    const advice = `${message}; the bucket's name, its region or the function's permissions are wrong`;
    return new FatalConfigError('configuration', advice, { cause: error });
  }
  const code = throttles.includes(name) ? 'sink-throttled' : 'sink-unavailable';
  return new RetryableError(code, message, { cause: error });
}
