import { FatalConfigError } from '../../batch/errors.ts';
import { parseSesEvent, type SesEvent } from '../../services/ses/event.ts';

/**
 * A message of a queue as Lambda hands it over. Its body is one SES event: SES publishes to a topic, and the queue's
 * subscription to it has raw message delivery.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
 */
export interface EventMessage {
  readonly messageId: string;
  readonly body: string;
}

/** The messages of a queue's event; undefined for any other event. */
export function messagesOf(event: unknown): readonly EventMessage[] | undefined {
  if (typeof event !== 'object' || event === null || !('Records' in event)) return undefined;
  const { Records: records } = event;
  return Array.isArray(records) && records.every(isMessage) ? records : undefined;
}

function isMessage(value: unknown): value is EventMessage {
  if (typeof value !== 'object' || value === null || !('messageId' in value) || !('body' in value)) return false;
  return typeof value.messageId === 'string' && typeof value.body === 'string';
}

/**
 * The event that a message carries; undefined when it says nothing about acceptance or delivery.
 *
 * @throws {FatalConfigError} naming the field, never its value: the queue is fed by something else than SES events.
 */
export function readMessage({ body }: EventMessage): SesEvent | undefined {
  try {
    return parseSesEvent(JSON.parse(body));
  } catch (error) {
    // What JSON.parse throws quotes the text.
    const problem = error instanceof TypeError ? error.message : 'its body is no JSON';
    throw new FatalConfigError('configuration', `email-settler was sent an event that it cannot read: ${problem}`);
  }
}
