import type { Clock } from '../batch/clock.ts';
import { PipelineError } from '../batch/errors.ts';
import type { MappingView } from './mappings.ts';

/** A consumer whom something waits for takes no records: a person has to act before the waiting makes sense. */
export class RestingConsumerError extends PipelineError {
  override readonly name = 'RestingConsumerError';
  override readonly disposition = 'abort';

  constructor(message: string) {
    super('configuration', message);
  }
}

/** @throws {RestingConsumerError} for one that is paused, whom no waiting brings on */
export function assertNotPaused(mapping: MappingView | undefined): void {
  if (mapping === undefined || mapping.state === 'running') return;
  const { consumer, region, state } = mapping;
  throw new RestingConsumerError(
    `${consumer} in ${region} is ${state}, and what it keeps stands still: \`npx tributary resume ${consumer}\`, ` +
      'then run this again, which goes on where it was.',
  );
}

/** A record that is refused for a while is repeated within that. */
const standstillMs = 30_000;

/**
 * Looks at a mapping now and then, and tells when it has dealt with no record for half a minute although some wait.
 *
 * @throws {RestingConsumerError} from the function that it answers
 */
export function watchForStandstill({ nowMs }: Pick<Clock, 'nowMs'>): (mapping: MappingView | undefined) => void {
  let seen: { readonly processed: number | undefined; readonly sinceMs: number } | undefined;
  return (mapping) => {
    if (mapping === undefined || !isWaitedFor(mapping)) {
      seen = undefined;
      return;
    }
    const { processed, ratePerS, consumer, region } = mapping;
    const moves = processed === undefined ? ratePerS !== 0 : processed !== seen?.processed;
    if (seen === undefined || moves) seen = { processed, sinceMs: nowMs() };
    const stillMs = nowMs() - seen.sinceMs;
    if (stillMs < standstillMs) return;
    throw new RestingConsumerError(
      `${consumer} in ${region} has taken no record for ${Math.round(stillMs / 1000)} s although some wait: ` +
        '`npx tributary alarms` leads to why. Run this again when it has caught up.',
    );
  };
}

function isWaitedFor({ behind, oldestMs = 0 }: MappingView): boolean {
  return behind === undefined ? oldestMs > standstillMs : behind > 0;
}
