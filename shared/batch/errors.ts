/** Bounded and low in cardinality, because it is a metric dimension and a filter for dead letters. */
export type ErrorCode =
  | 'undecodable-record'
  | 'invalid-attribute'
  | 'effects-failed'
  | 'sink-rejected'
  | 'sink-throttled'
  | 'sink-conflict'
  | 'sink-unavailable'
  | 'deadline-near'
  | 'dead-letter-not-stored'
  | 'configuration'
  | 'invariant'
  | 'unknown';

/** What the pipeline does with an error: try again, keep the record as a dead letter and go on, or stop everything. */
export type Disposition = 'retry' | 'deadLetter' | 'abort';

export abstract class PipelineError extends Error {
  abstract readonly disposition: Disposition;
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Throttle, timeout, 5xx, reply lost, deadline near: the record stays unresolved and comes again. */
export class RetryableError extends PipelineError {
  override readonly name = 'RetryableError';
  override readonly disposition = 'retry';
}

/** This record can never be applied by this consumer: it becomes a dead letter, the batch goes on. */
export class PoisonRecordError extends PipelineError {
  override readonly name = 'PoisonRecordError';
  override readonly disposition = 'deadLetter';
}

/** A deployment fault (missing variable, access denied, unknown table): the batch fails, nothing is dead-lettered. */
export class FatalConfigError extends PipelineError {
  override readonly name = 'FatalConfigError';
  override readonly disposition = 'abort';
}

/** A broken assertion of ours: the batch fails, nothing is dead-lettered. */
export class InvariantError extends PipelineError {
  override readonly name = 'InvariantError';
  override readonly disposition = 'abort';
}

/** By its fields, not by `instanceof`: an error may come from another bundle. */
export function isPipelineError(error: unknown): error is PipelineError {
  return error instanceof Error && 'disposition' in error && 'code' in error;
}

/** Unknown errors are retryable: giving up on a record needs a reason. */
export function toPipelineError(error: unknown): PipelineError {
  if (isPipelineError(error)) return error;
  return new RetryableError('unknown', error instanceof Error ? error.message : String(error), { cause: error });
}
