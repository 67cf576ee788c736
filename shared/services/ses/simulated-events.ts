import type { SesEventType } from './event.ts';
import type { OutboxEntry } from './simulated-ses.ts';

/** An event in the JSON that SES publishes: more fields than the pipeline reads. */
export interface PublishedSesEvent {
  readonly eventType: SesEventType;
  readonly mail: Readonly<Record<string, unknown>>;
  readonly [detail: string]: unknown;
}

/**
 * The life of an accepted mail as SES tells it, in order. Recipients choose it as with the mailbox simulator: a local
 * part `bounce`, `soft-bounce`, `complaint` or `reject`, alone or in front of `+` or `-`, at any domain; the rest is
 * delivered. A mail without a configuration set has no events.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html
 * @see https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html#send-email-simulator
 */
export function eventsOf(entry: OutboxEntry): readonly PublishedSesEvent[] {
  if (entry.configurationSet === undefined) return [];
  const fate = /^(bounce|soft-bounce|complaint|reject)(?:[+-][^@]*)?@/.exec(entry.to)?.[1];
  const sent = event(entry, 'Send', {});
  switch (fate) {
    case 'bounce':
      return [sent, event(entry, 'Bounce', bounce(entry, 'Permanent'))];
    case 'soft-bounce':
      return [sent, event(entry, 'Bounce', bounce(entry, 'Transient'))];
    case 'complaint':
      return [sent, event(entry, 'Delivery', delivery(entry)), event(entry, 'Complaint', complaint(entry))];
    case 'reject':
      return [event(entry, 'Reject', { reason: 'Bad content' })];
    default:
      return [sent, event(entry, 'Delivery', delivery(entry))];
  }
}

function event(
  entry: OutboxEntry,
  eventType: SesEventType,
  detail: Readonly<Record<string, unknown>>,
): PublishedSesEvent {
  return { eventType, mail: mail(entry), [eventType.toLowerCase()]: detail };
}

function mail(entry: OutboxEntry): Readonly<Record<string, unknown>> {
  const { from, to, subject, messageId } = entry;
  const timestamp = isoTime(entry);
  const tags = { 'ses:configuration-set': entry.configurationSet ?? '', ...entry.tags };
  return {
    timestamp,
    source: from,
    sendingAccountId: '000000000000',
    messageId,
    destination: [to],
    headersTruncated: false,
    headers: [
      { name: 'From', value: from },
      { name: 'To', value: to },
      { name: 'Subject', value: subject },
      { name: 'MIME-Version', value: '1.0' },
    ],
    commonHeaders: { from: [from], to: [to], messageId, subject },
    tags: Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, [value]])),
  };
}

function delivery(entry: OutboxEntry): Readonly<Record<string, unknown>> {
  return {
    timestamp: isoTime(entry),
    processingTimeMillis: 1,
    recipients: [entry.to],
    smtpResponse: '250 2.6.0 Message received',
    reportingMTA: 'localhost',
  };
}

function bounce(entry: OutboxEntry, bounceType: 'Permanent' | 'Transient'): Readonly<Record<string, unknown>> {
  const status = bounceType === 'Permanent' ? '5.1.1' : '4.2.2';
  return {
    bounceType,
    bounceSubType: bounceType === 'Permanent' ? 'General' : 'MailboxFull',
    bouncedRecipients: [{ emailAddress: entry.to, action: 'failed', status, diagnosticCode: `smtp; ${status}` }],
    timestamp: isoTime(entry),
    feedbackId: `${entry.messageId}-feedback`,
    reportingMTA: 'dsn; localhost',
  };
}

function complaint(entry: OutboxEntry): Readonly<Record<string, unknown>> {
  return {
    complainedRecipients: [{ emailAddress: entry.to }],
    timestamp: isoTime(entry),
    feedbackId: `${entry.messageId}-feedback`,
    complaintFeedbackType: 'abuse',
  };
}

function isoTime(entry: OutboxEntry): string {
  return new Date(entry.acceptedAtMs).toISOString();
}
