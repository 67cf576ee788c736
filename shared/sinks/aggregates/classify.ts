import { FatalConfigError, InvariantError, RetryableError } from '../../batch/errors.ts';
import type { Role, Transaction } from './cut-transaction.ts';

/** What DynamoDB's refusal means. Whatever is not named here may pass: it is retryable. */
export type Verdict =
  /** Somebody else moved the position or the phase. Nothing of this transaction was applied. */
  | { readonly kind: 'moved' }
  /** The record's marker exists: it was redriven before. */
  | { readonly kind: 'marked' }
  /** Of these items of the transaction, by index, the generation being built has something else than was read. */
  | { readonly kind: 'itemsMoved'; readonly indexes: readonly number[] }
  /** A counter cannot take this delta, now or later. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'retry'; readonly error: RetryableError }
  | { readonly kind: 'abort'; readonly error: FatalConfigError | InvariantError };

const CONDITION = 'ConditionalCheckFailed';
const CONFIGURATION = new Set(['ResourceNotFoundException', 'AccessDeniedException', 'UnrecognizedClientException']);
const THROTTLES = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'LimitExceededException',
]);

/**
 * The cause of a failed transaction, or of a failed read when `transaction` is absent.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export function classify(error: unknown, transaction?: Transaction): Verdict {
  const name = error instanceof Error ? error.name : '';
  if (name === 'TransactionCanceledException' && transaction) return classifyCancelled(error, transaction.roles);
  if (CONFIGURATION.has(name)) {
    const message = `DynamoDB answers ${name}: the table's name or the function's permissions are wrong`;
    return { kind: 'abort', error: new FatalConfigError('configuration', message, { cause: error }) };
  }
  if (name === 'ValidationException') return { kind: 'refused', reason: 'ValidationException' };
  const cause = { cause: error };
  if (THROTTLES.has(name)) {
    return { kind: 'retry', error: new RetryableError('sink-throttled', `DynamoDB throttles (${name})`, cause) };
  }
  const message = `DynamoDB did not confirm (${name || 'unknown error'})`;
  return { kind: 'retry', error: new RetryableError('sink-unavailable', message, cause) };
}

/**
 * Only the position's or the phase's condition says that the cut is out of date; a collision on a counter says nothing
 * about this cut, so it must never be read as "already counted".
 */
function classifyCancelled(error: unknown, roles: readonly Role[]): Verdict {
  const reasons = cancellationCodes(error);
  const rolesWith = (...codes: string[]) => roles.filter((_, index) => codes.includes(reasons[index] ?? ''));
  const failed = rolesWith(CONDITION);
  if (['position', 'phase', 'state'].some((role) => failed.some((each) => each === role))) {
    // recovery: position-condition-failed
    return { kind: 'moved' };
  }
  if (failed.includes('marker')) return { kind: 'marked' }; // recovery: marker-found
  if (failed.length > 0 && failed.every((role) => role === 'item')) {
    return { kind: 'itemsMoved', indexes: reasons.flatMap((code, index) => (code === CONDITION ? index : [])) };
  }
  if (failed.length > 0) {
    const message = `the condition of a ${failed.join(', ')} row failed while the position stood still`;
    return { kind: 'abort', error: new InvariantError('invariant', message, { cause: error }) };
  }
  const cause = { cause: error };
  if (rolesWith('TransactionConflict').length > 0) {
    // recovery: transactions-collided
    return { kind: 'retry', error: new RetryableError('sink-conflict', 'another transaction has a counter', cause) };
  }
  if (rolesWith('ThrottlingError', 'ProvisionedThroughputExceeded').length > 0) {
    // recovery: transaction-throttled
    return { kind: 'retry', error: new RetryableError('sink-throttled', 'DynamoDB throttles the transaction', cause) };
  }
  const invalid = rolesWith('ValidationError', 'ItemCollectionSizeLimitExceeded');
  if (invalid.some((role) => role !== 'counter')) {
    const message = `DynamoDB refuses a ${invalid.join(', ')} row as invalid: the checkpoints table has another layout`;
    return { kind: 'abort', error: new FatalConfigError('configuration', message, cause) };
  }
  if (invalid.length > 0) return { kind: 'refused', reason: 'a counter refuses the delta (ValidationError)' };
  return { kind: 'retry', error: new RetryableError('sink-unavailable', 'DynamoDB cancelled without a reason', cause) };
}

/** By shape, not by class: the error may come from another copy of the SDK. */
function cancellationCodes(error: unknown): readonly string[] {
  if (typeof error !== 'object' || error === null || !('CancellationReasons' in error)) return [];
  const reasons: unknown = error.CancellationReasons;
  if (!Array.isArray(reasons)) return [];
  return reasons.map((reason: unknown) =>
    typeof reason === 'object' && reason !== null && 'Code' in reason ? String(reason.Code) : 'None',
  );
}
