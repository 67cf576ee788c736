import type { ErrorCode } from '../batch/errors.ts';

/**
 * What a log line may hold: positions, codes, counts. There is no field for a payload, and none for the message of an
 * error, because messages of services quote the values they refuse.
 */
export interface LogFields {
  readonly sequenceNumber?: string;
  readonly shardId?: string;
  readonly code?: ErrorCode;
  /** Class of an error, such as `ThrottlingException`. */
  readonly errorName?: string;
  /** Our own words about a deployment fault: names of variables and resources. */
  readonly advice?: string;
  /** Places in the code, outermost last; without the message that a stack begins with. */
  readonly frames?: readonly string[];
  readonly counts?: Readonly<Record<string, number>>;
  readonly durationMs?: number;
}

/** `message` is a constant of the code. */
export interface Log {
  /** Every line until the next call belongs to this invocation. */
  startInvocation(requestId: string): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
