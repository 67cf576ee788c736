/**
 * - `not-found`: an update of an item that is not there, or is deleted.
 * - `conflict`: others kept writing the item; nothing was written, and the same call may succeed now.
 * - `unstamped`: something else than the writer wrote the item, and it has no stamp yet; the same call will succeed
 *   once the replicator has stamped it.
 * - `clock-ahead`: the stamp would be more than a second ahead of this machine's clock.
 * - `batch-refused`: a batch write in active-active mode.
 * - `invalid-item`: an attribute that cannot be stored, or one that is the writer's own.
 */
export type WriteErrorCode = 'not-found' | 'conflict' | 'unstamped' | 'clock-ahead' | 'batch-refused' | 'invalid-item';

/** A write that the writer refused. What DynamoDB itself refuses is thrown as the SDK's error. */
export class WriteError extends Error {
  override readonly name = 'WriteError';
  readonly code: WriteErrorCode;

  constructor(code: WriteErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
