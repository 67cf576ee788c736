import type { SesEvent, SesEventType } from '../../services/ses/event.ts';
import { idOf } from './email-tags.ts';
import type { EmailNews, Ledger } from './ledger.ts';
import type { EmailStep } from './send-attempt.ts';
import type { Suppressions } from './suppressions.ts';

const news: Readonly<Record<SesEventType, EmailNews['state']>> = {
  Send: 'sent',
  Reject: 'rejected',
  Delivery: 'delivered',
  Bounce: 'bounced',
  Complaint: 'complained',
};

export type EventOutcome = 'applied' | 'duplicate' | 'foreign';

/**
 * Moves the row that the event is about, parked ones included; doubled, late and reordered events do no harm. An
 * address is suppressed before its row moves, so that a crash in between leaves the event to be delivered again.
 *
 * @returns `foreign` for a mail that is not of the ledger.
 * @throws {PipelineError} when the tables do not answer: the event has to come again.
 */
export async function applyEvent(
  post: { readonly ledger: Ledger; readonly suppressions: Suppressions; readonly observe: (step: EmailStep) => void },
  event: SesEvent,
): Promise<EventOutcome> {
  const id = idOf(event);
  if (id === undefined) return 'foreign';
  const reason = suppressionOf(event);
  if (reason !== undefined) {
    for (const address of event.mail.destination) await post.suppressions.add(address, reason);
  }
  const state = news[event.eventType];
  const moved = await post.ledger.advance(id, { state, messageId: event.mail.messageId });
  if (moved) post.observe(state);
  return moved ? 'applied' : 'duplicate';
}

/** A full mailbox or a server in trouble (a transient bounce) says nothing about the next mail. */
function suppressionOf(event: SesEvent): 'bounced' | 'complained' | undefined {
  if (event.eventType === 'Complaint') return 'complained';
  return event.bounce?.bounceType === 'Permanent' ? 'bounced' : undefined;
}
