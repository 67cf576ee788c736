import { FatalConfigError, type PipelineError, RetryableError } from '../../batch/errors.ts';

const throttles = ['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded'];
const deploymentFaults = [
  'ResourceNotFoundException',
  'AccessDeniedException',
  'UnrecognizedClientException',
  // A row always has the same attributes: only a table of another layout refuses one.
  'ValidationException',
];

/** What came of writing a row: `covered` when the row counts more already. */
export type Refusal = 'covered' | PipelineError;

export function classify(error: unknown): Refusal {
  const name = error instanceof Error ? error.name : 'unknown error';
  if (name === 'ConditionalCheckFailedException') return 'covered';
  const message = `the row of a window was not written: ${name}`;
  if (deploymentFaults.includes(name)) {
    const advice = `${message}; the table's name, its keys or the function's permissions are wrong`;
    return new FatalConfigError('configuration', advice, { cause: error });
  }
  const code = throttles.includes(name) ? 'sink-throttled' : 'sink-unavailable';
  return new RetryableError(code, message, { cause: error });
}
