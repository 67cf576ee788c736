import { type CancellationReason, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { SearchServiceError } from '../../shared/services/opensearch/port.ts';

export type ServiceName = 'dynamodb' | 'remoteDynamodb' | 'search' | 'email' | 'objects' | 'deadLetters' | 'notices';

/** One call, as whoever disturbs it sees it. */
export interface CallSite {
  readonly service: ServiceName;
  readonly operation: string;
  readonly isWrite: boolean;
  /** Items of a transaction. */
  readonly parts?: number;
}

/** `throttled` and `unavailable` were not carried out; of `silent` nobody knows. */
export type Trouble = 'throttled' | 'unavailable' | 'silent';

/** The error in which a service's own client shows that trouble. */
export function troubleOf({ service, operation, parts }: CallSite, trouble: Trouble): Error {
  if (trouble === 'silent') {
    return service === 'search'
      ? new SearchServiceError({ action: operation, errorType: 'TimeoutError' })
      : named('TimeoutError');
  }
  const throttled = trouble === 'throttled';
  switch (service) {
    case 'dynamodb':
    case 'remoteDynamodb':
      if (throttled && parts !== undefined) return cancelled(parts, 'ThrottlingError', 0);
      return named(throttled ? 'ProvisionedThroughputExceededException' : 'InternalServerError');
    case 'search':
      return new SearchServiceError(
        throttled
          ? { action: operation, status: 429, errorType: 'es_rejected_execution_exception' }
          : { action: operation, status: 503, errorType: 'cluster_block_exception' },
      );
    case 'email':
      return named(throttled ? 'TooManyRequestsException' : 'ServiceUnavailable');
    case 'objects':
    case 'deadLetters':
    case 'notices':
      return named(throttled ? 'SlowDown' : 'InternalError');
  }
}

/** A transaction that one of its items fails. */
export function cancelled(parts: number, code: string, at: number): TransactionCanceledException {
  const CancellationReasons: CancellationReason[] = Array.from({ length: parts }, (_, index) => ({
    Code: index === at ? code : 'None',
  }));
  return new TransactionCanceledException({
    message: `Transaction cancelled [${code}]`,
    $metadata: {},
    CancellationReasons,
  });
}

export function named(name: string): Error {
  return Object.assign(new Error(`simulated ${name}`), { name });
}
