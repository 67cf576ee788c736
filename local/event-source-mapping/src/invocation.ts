import type { MappingEvent } from './event.ts';

/** An error as the Lambda runtime reports it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
}

export type InvocationOutcome =
  /** The function came back; `payload` is its parsed response. */
  | { readonly kind: 'returned'; readonly payload: unknown }
  /** It ran and failed: a throw, a timeout, a crash. */
  | { readonly kind: 'functionError'; readonly error: FunctionError }
  /** It was not reached: throttled, not permitted, not started. Such an attempt does not count. */
  | { readonly kind: 'notDelivered'; readonly reason: string };

export interface InvocationContext {
  readonly requestId: string;
  /** Aborts when the mapping stops and no longer listens to the outcome. */
  readonly signal: AbortSignal;
}

/**
 * Runs the function once. A rejection counts as not delivered. Later attempts send the same records, so a function that
 * may change its event is to be given a copy.
 */
export type Invoke = (event: MappingEvent, context: InvocationContext) => Promise<InvocationOutcome>;
