import { FatalConfigError } from '../../batch/errors.ts';
import type { Limits } from '../../batch/sink.ts';
import { parseSesEvent } from '../../services/ses/event.ts';
import { applyEvent } from './apply-event.ts';
import { type SettlerOptions, settle } from './settle.ts';

/**
 * What the settler's function does with one invocation: an SES event (bare, or in EventBridge's `detail`) moves its
 * row, a scheduled one settles what is due.
 *
 * @throws {PipelineError} when the tables do not answer; the event has to come again.
 */
export function createSettler(options: SettlerOptions): (event: unknown, limits: Limits) => Promise<void> {
  return async (event, limits) => {
    const published = publishedEvent(event);
    if (published === undefined) return settle(options, limits);
    const parsed = parseOrFail(published);
    if (parsed !== undefined) await applyEvent(options.post, parsed);
  };
}

function publishedEvent(event: unknown): object | undefined {
  if (typeof event !== 'object' || event === null) return undefined;
  if ('eventType' in event) return event;
  const detail = 'detail' in event ? event.detail : undefined;
  return typeof detail === 'object' && detail !== null && 'eventType' in detail ? detail : undefined;
}

function parseOrFail(published: object) {
  try {
    return parseSesEvent(published);
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'it is no SES event';
    throw new FatalConfigError('configuration', `email-settler was sent an event that it cannot read: ${problem}`);
  }
}
