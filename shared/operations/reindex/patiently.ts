import type { Clock } from '../../batch/clock.ts';
import { isPipelineError } from '../../batch/errors.ts';
import { SearchServiceError } from '../../services/opensearch/port.ts';
import type { ReindexOptions } from './reindex-options.ts';

/** Waits until so many since then are no more than wanted a second. */
export async function pace(startedAtMs: number, count: number, { clock, itemsPerS }: ReindexOptions): Promise<void> {
  const restMs = itemsPerS === undefined ? 0 : (count / itemsPerS) * 1000 - (clock.nowMs() - startedAtMs);
  if (restMs > 0) await clock.sleep(Math.ceil(restMs));
}

const longestPauseMs = 10_000;
const mostAttempts = 12;

/** Waits, longer and longer, while the search service has too much to do; afterwards the command can be run again. */
export async function patiently<Result>(clock: Clock, work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const passes = isPipelineError(error) ? error.disposition === 'retry' : isBusy(error);
      if (!passes || attempt === mostAttempts) throw error;
      await clock.sleep(Math.min(longestPauseMs, 100 * 2 ** attempt));
    }
  }
}

function isBusy(error: unknown): boolean {
  if (!(error instanceof SearchServiceError)) return false;
  return error.status === undefined || error.status === 429 || error.status >= 500;
}
