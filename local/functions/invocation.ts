export type InvocationResult =
  | { readonly kind: 'returned'; readonly payload: unknown }
  | { readonly kind: 'functionError'; readonly error: { readonly name: string; readonly message: string } };

/** What the host sends for each invocation. */
export interface InvocationRequest {
  readonly id: string;
  readonly event: unknown;
  /** Epoch milliseconds at which the host ends this worker. */
  readonly deadlineMs: number;
}

export interface InvocationReply {
  readonly id: string;
  readonly result: InvocationResult;
}
