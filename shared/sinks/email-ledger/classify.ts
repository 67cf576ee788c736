import { FatalConfigError, type PipelineError, PoisonRecordError, RetryableError } from '../../batch/errors.ts';

const throttles = ['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded'];
const deploymentFaults = ['ResourceNotFoundException', 'AccessDeniedException', 'UnrecognizedClientException'];

/** What an error of the ledger's tables means for the record. Messages name the step, never a value of the row. */
export function classifyLedgerError(step: string, error: unknown): PipelineError {
  const name = error instanceof Error ? error.name : 'unknown error';
  const message = `email ledger: ${step} failed with ${name}`;
  if (deploymentFaults.includes(name)) return new FatalConfigError('configuration', message, { cause: error });
  if (throttles.includes(name)) return new RetryableError('sink-throttled', message, { cause: error });
  if (name === 'ValidationException') return new PoisonRecordError('sink-rejected', message, { cause: error });
  return new RetryableError('sink-unavailable', message, { cause: error });
}

/** Undefined when the error is no refused condition; otherwise the owner of the row that refused it, if any. */
export function refusedCondition(error: unknown): { readonly owner?: string } | undefined {
  if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') return undefined;
  const item: unknown = 'Item' in error ? error.Item : undefined;
  const attribute = property(item, 'owner');
  const owner = property(attribute, 'S');
  return typeof owner === 'string' ? { owner } : {};
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}
