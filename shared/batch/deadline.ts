import { RetryableError } from './errors.ts';
import type { Limits } from './sink.ts';

/** Enough for one more commit and the answer to Lambda. Being killed is safe as well, it only repeats more work. */
export const deadlineMarginMs = 3000;

/** The error that everything not yet begun gets when too little time is left, `undefined` while there is enough. */
export function deadlineNear(limits: Limits): RetryableError | undefined {
  if (limits.remainingMs() >= deadlineMarginMs) return undefined;
  return new RetryableError(
    'deadline-near',
    `less than ${deadlineMarginMs} ms were left, so the rest of the batch comes again; ` +
      'smaller batches or a longer timeout avoid this',
  );
}
