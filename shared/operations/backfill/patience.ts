import type { Clock, Random } from '../../batch/clock.ts';
import { type PipelineError, toPipelineError } from '../../batch/errors.ts';

const MAX_REPEATS = 20;
const BASE_DELAY_MS = 200;
const MAX_DELAY_MS = 10_000;

/**
 * Waits for trouble that passes, longer and longer.
 *
 * @throws {PipelineError} what does not pass
 */
export async function withPatience<Result>(
  work: () => Promise<Result>,
  { clock, random, repeating }: { clock: Clock; random: Random; repeating: (reason: string) => void },
): Promise<Result> {
  for (let repeats = 1; ; repeats += 1) {
    try {
      return await work();
    } catch (error) {
      const failure: PipelineError = toPipelineError(error);
      if (failure.disposition !== 'retry' || repeats > MAX_REPEATS) throw failure;
      repeating(failure.message);
      await clock.sleep(Math.min(MAX_DELAY_MS, Math.ceil(random() * BASE_DELAY_MS * 2 ** repeats)));
    }
  }
}
