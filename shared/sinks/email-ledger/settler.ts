import type { BatchResponse } from '../../batch/response.ts';
import type { Limits } from '../../batch/sink.ts';
import type { SesEvent } from '../../services/ses/event.ts';
import { applyEvents } from './apply-event.ts';
import { idOf } from './email-tags.ts';
import { type EventMessage, messagesOf, readMessage } from './event-messages.ts';
import { type SettlerOptions as SettleOptions, settle } from './settle.ts';

export interface SettlerOptions extends SettleOptions {
  /** Told why a message is given back to the queue. */
  readonly onFailure: (error: unknown) => void;
}

interface Read {
  readonly message: EventMessage;
  readonly event: SesEvent;
}

/**
 * What the settler's function does with one invocation: messages of the queue of SES events move their rows, a
 * scheduled event settles what is due. Messages that could not be dealt with are named in the answer, and only they
 * come again.
 *
 * @throws {PipelineError} when a scheduled run could not read the ledger or the account's quota.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function createSettler(options: SettlerOptions): (event: unknown, limits: Limits) => Promise<BatchResponse> {
  return async (event, limits) => {
    const messages = messagesOf(event);
    if (messages === undefined) {
      await settle(options, limits);
      return { batchItemFailures: [] };
    }
    return takeMessages(options, messages);
  };
}

async function takeMessages(options: SettlerOptions, messages: readonly EventMessage[]): Promise<BatchResponse> {
  const failed: EventMessage[] = [];
  const read: Read[] = [];
  for (const message of messages) {
    try {
      const event = readMessage(message);
      if (event !== undefined) read.push({ message, event });
    } catch (error) {
      options.onFailure(error);
      failed.push(message);
    }
  }
  const mails = [...Map.groupBy(read, ({ event }) => idOf(event)).values()];
  const applying = mails.map(async (ofMail) => {
    try {
      await applyEvents(
        options.post,
        ofMail.map(({ event }) => event),
      );
    } catch (error) {
      options.onFailure(error);
      failed.push(...ofMail.map(({ message }) => message)); // recovery: events-come-again
    }
  });
  await Promise.all(applying);
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
