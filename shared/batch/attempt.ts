import { PoisonRecordError, RetryableError, toPipelineError } from './errors.ts';

/** What a call to a sink came to, when it did not stop the batch. */
export type Attempt<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'retry'; readonly error: RetryableError }
  | { readonly kind: 'poison'; readonly error: PoisonRecordError };

/** @throws {PipelineError} of disposition `abort`; every other error is a value. */
export async function attempt<Value>(work: () => Promise<Value>): Promise<Attempt<Value>> {
  try {
    return { kind: 'done', value: await work() };
  } catch (failure) {
    const error = toPipelineError(failure);
    switch (error.disposition) {
      case 'abort':
        throw error;
      case 'deadLetter':
        return { kind: 'poison', error: new PoisonRecordError(error.code, error.message, { cause: failure }) };
      case 'retry':
        return { kind: 'retry', error: new RetryableError(error.code, error.message, { cause: failure }) };
    }
  }
}
