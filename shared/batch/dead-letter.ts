import type { Position } from '../change/change.ts';
import type { ErrorCode } from './errors.ts';

/** One record that one consumer could not accept, whole, with what is needed to judge and redrive it. */
export interface DeadLetter {
  readonly consumer: string;
  readonly position: Position;
  /** The Lambda record exactly as it was delivered. */
  readonly record: unknown;
  readonly error: { readonly code: ErrorCode; readonly message: string };
}

/** The port through which the batch keeps poison. It resolves only when the dead letter is durable. */
export interface DeadLetterStore {
  /** Storing the same record of the same consumer again overwrites itself. */
  store(deadLetter: DeadLetter): Promise<void>;
}
