import type { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  FatalConfigError,
  isPipelineError,
  type PipelineError,
  PoisonRecordError,
  RetryableError,
} from '../../batch/errors.ts';

const throttles = [
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'LimitExceededException',
];
const deploymentFaults = ['ResourceNotFoundException', 'AccessDeniedException', 'UnrecognizedClientException'];

/** What an error of DynamoDB means for the item. Messages name the step, never a value. */
export function classify(step: string, error: unknown): PipelineError {
  if (isPipelineError(error)) return error;
  const name = error instanceof Error ? error.name : 'unknown error';
  const message = `replica: ${step} failed with ${name}`;
  const cause = { cause: error };
  if (deploymentFaults.includes(name)) return new FatalConfigError('configuration', message, cause);
  if (throttles.includes(name)) {
    // recovery: replica-throttled
    return new RetryableError('sink-throttled', message, cause);
  }
  // Mostly its size: what is added to an item may carry it over the 400 KB that one may have. Or a value that is of
  // another type than it says.
  if (name === 'ValidationException' || name === 'SerializationException') {
    // recovery: item-refused
    return new PoisonRecordError('sink-rejected', message, cause);
  }
  return new RetryableError('sink-unavailable', message, cause); // recovery: no-answer-from-region
}

/** By name, not by class: the error may come from another copy of the SDK. */
export function isConditionFailed(error: unknown): error is ConditionalCheckFailedException {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}
