import type { MappingError } from '../../../shared/services/opensearch/mapping-nodes.ts';

/** One error in OpenSearch's own shape: `type`, `reason` and what else it says. */
export interface ErrorCause {
  readonly type: string;
  readonly reason: string;
  readonly [detail: string]: unknown;
}

/** A request that is answered by an error; shapes and texts are those of OpenSearch 2.19. */
export class SearchApiError extends Error {
  override readonly name = 'SearchApiError';
  readonly status: number;
  readonly #error: ErrorCause | string;

  constructor(status: number, error: ErrorCause | string) {
    super(typeof error === 'string' ? error : `${error.type}: ${error.reason}`);
    this.status = status;
    this.#error = error;
  }

  toJSON(): unknown {
    if (typeof this.#error === 'string') return { error: this.#error, status: this.status };
    const { caused_by: _inner, ...root } = this.#error;
    return { error: { root_cause: [root], ...this.#error }, status: this.status };
  }
}

export function badRequest(type: string, reason: string): SearchApiError {
  return new SearchApiError(400, { type, reason });
}

export const illegalArgument = (reason: string): SearchApiError => badRequest('illegal_argument_exception', reason);

export const parsingError = (reason: string): SearchApiError => badRequest('parsing_exception', reason);

export function validationError(problems: readonly string[]): SearchApiError {
  const listed = problems.map((problem, position) => `${position + 1}: ${problem};`).join('');
  return badRequest('action_request_validation_exception', `Validation Failed: ${listed}`);
}

export function indexNotFound(index: string): SearchApiError {
  return new SearchApiError(404, indexNotFoundCause(index));
}

export function indexNotFoundCause(index: string): ErrorCause {
  return {
    type: 'index_not_found_exception',
    reason: `no such index [${index}]`,
    index,
    'resource.id': index,
    'resource.type': 'index_or_alias',
    index_uuid: '_na_',
  };
}

export function mappingCause(error: MappingError): ErrorCause {
  const inner =
    error.detail === undefined ? {} : { caused_by: { type: 'illegal_argument_exception', reason: error.detail } };
  return { type: error.type, reason: error.message, ...inner };
}

/** What only a shard can find out (a field's type) is reported as a failure of all shards. */
export class ShardError extends SearchApiError {
  readonly #cause: ErrorCause;

  constructor(cause: ErrorCause) {
    super(400, cause);
    this.#cause = cause;
  }

  override toJSON(): unknown {
    const failed = [{ shard: 0, index: this.#cause.index, reason: this.#cause }];
    const outer = {
      type: 'search_phase_execution_exception',
      reason: 'all shards failed',
      phase: 'query',
      grouped: true,
    };
    return { error: { root_cause: [this.#cause], ...outer, failed_shards: failed }, status: 400 };
  }
}
