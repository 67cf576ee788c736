import { FatalConfigError, PoisonRecordError, RetryableError } from '../../batch/errors.ts';
import type { Outcome } from '../../batch/sink.ts';
import { type BulkResult, SearchServiceError } from '../../services/opensearch/port.ts';

/** What one item of a bulk answer means; `conflict` has to be told apart by reading the document. */
export function classifyResult(result: BulkResult): Outcome | { readonly kind: 'conflict' } {
  const { status, errorType } = result;
  if (errorType === undefined) return { kind: 'applied' };
  if (status === 409) return { kind: 'conflict' };
  if (status === 429) return retry('sink-throttled', errorType); // recovery: document-throttled
  if (status >= 500) return retry('sink-unavailable', errorType);
  if (status === 401 || status === 403 || errorType === 'index_not_found_exception') {
    throw new FatalConfigError('configuration', `OpenSearch refuses every write (${errorType}): check index and role`);
  }
  const field = result.refusal === undefined ? '' : `: ${result.refusal}`;
  return {
    kind: 'poison',
    error: new PoisonRecordError('sink-rejected', `OpenSearch refuses the document (${errorType})${field}`),
  };
}

/** What a call without a usable answer means for all that it carried. */
export function classifyCall(error: unknown): RetryableError | FatalConfigError | unknown {
  if (!(error instanceof SearchServiceError)) return error;
  const { status } = error;
  if (status === 401 || status === 403 || status === 404) {
    return new FatalConfigError('configuration', error.message, { cause: error });
  }
  const code = status === 429 ? 'sink-throttled' : 'sink-unavailable';
  return new RetryableError(code, error.message, { cause: error }); // recovery: no-answer-from-search
}

function retry(code: 'sink-throttled' | 'sink-unavailable', errorType: string): Outcome {
  return { kind: 'retry', error: new RetryableError(code, `OpenSearch did not take the document: ${errorType}`) };
}
