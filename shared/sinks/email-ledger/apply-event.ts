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

/** The way of a mail: a row moves to a later one only. */
const way: readonly EmailNews['state'][] = ['sent', 'rejected', 'delivered', 'bounced', 'complained'];

export type EventOutcome = 'applied' | 'duplicate' | 'foreign';

/**
 * Moves the row that the events are about, parked ones included, to where the furthest of them says the mail is;
 * doubled, late and reordered events do no harm. An address is suppressed before its row moves, so that a crash in
 * between leaves the events to be delivered again.
 *
 * @param events all of one ledger id (`idOf`), at least one
 * @returns `foreign` for a mail that is not of the ledger.
 * @throws {PipelineError} when the tables do not answer: the events have to come again.
 */
export async function applyEvents(
  post: { readonly ledger: Ledger; readonly suppressions: Suppressions; readonly observe: (step: EmailStep) => void },
  events: readonly SesEvent[],
): Promise<EventOutcome> {
  const furthest = events.toSorted((a, b) => stageOf(b) - stageOf(a))[0];
  const id = furthest && idOf(furthest);
  if (furthest === undefined || id === undefined) return 'foreign';
  for (const event of events) {
    const reason = suppressionOf(event);
    if (reason === undefined) continue;
    for (const address of event.mail.destination) await post.suppressions.add(address, reason);
  }
  const state = news[furthest.eventType];
  const moved = await post.ledger.advance(id, { state, messageId: furthest.mail.messageId });
  if (moved) post.observe(state);
  return moved ? 'applied' : 'duplicate';
}

function stageOf({ eventType }: SesEvent): number {
  return way.indexOf(news[eventType]);
}

/** A full mailbox or a server in trouble (a transient bounce) says nothing about the next mail. */
function suppressionOf(event: SesEvent): 'bounced' | 'complained' | undefined {
  if (event.eventType === 'Complaint') return 'complained';
  return event.bounce?.bounceType === 'Permanent' ? 'bounced' : undefined;
}
