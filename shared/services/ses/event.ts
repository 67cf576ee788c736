/**
 * What SES publishes about a mail, the part that the ledger reads.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
export interface SesEvent {
  readonly eventType: SesEventType;
  readonly mail: {
    /** ISO 8601. */
    readonly timestamp: string;
    readonly messageId: string;
    readonly source: string;
    readonly destination: readonly string[];
    /** Each tag of the send, with its one value in a list; and SES's own, `ses:...`. */
    readonly tags: Readonly<Record<string, readonly string[]>>;
  };
  /** With eventType `Bounce`. Only a `Permanent` one says that the address does not exist. */
  readonly bounce?: { readonly bounceType: 'Permanent' | 'Transient' | 'Undetermined' };
}

export type SesEventType = 'Send' | 'Delivery' | 'Bounce' | 'Complaint' | 'Reject';

const eventTypes: ReadonlySet<string> = new Set<SesEventType>(['Send', 'Delivery', 'Bounce', 'Complaint', 'Reject']);

/**
 * Reads one event as SES publishes it. Undefined for event types that say nothing about acceptance or delivery (Open,
 * Click, DeliveryDelay, ...).
 *
 * @throws {TypeError} when it is not an SES event; the message names the field, never its value.
 */
export function parseSesEvent(value: unknown): SesEvent | undefined {
  const event = objectAt(value, 'event');
  const eventType = stringAt(event.eventType, 'eventType');
  if (!isEventType(eventType)) return undefined;
  const mail = objectAt(event.mail, 'mail');
  const parsed: SesEvent = {
    eventType,
    mail: {
      timestamp: stringAt(mail.timestamp, 'mail.timestamp'),
      messageId: stringAt(mail.messageId, 'mail.messageId'),
      source: stringAt(mail.source, 'mail.source'),
      destination: stringsAt(mail.destination, 'mail.destination'),
      tags: tagsAt(mail.tags),
    },
  };
  if (eventType !== 'Bounce') return parsed;
  const bounceType = stringAt(objectAt(event.bounce, 'bounce').bounceType, 'bounce.bounceType');
  return {
    ...parsed,
    bounce: { bounceType: bounceType === 'Permanent' || bounceType === 'Transient' ? bounceType : 'Undetermined' },
  };
}

function isEventType(text: string): text is SesEventType {
  return eventTypes.has(text);
}

function tagsAt(value: unknown): Record<string, readonly string[]> {
  // Feedback that SES sends by identity instead of by configuration set carries no tags.
  if (value === undefined) return {};
  const entries = Object.entries(objectAt(value, 'mail.tags'));
  return Object.fromEntries(entries.map(([name, values]) => [name, stringsAt(values, `mail.tags.${name}`)]));
}

function objectAt(value: unknown, field: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fault(field, 'an object');
  return Object.fromEntries(Object.entries(value));
}

function stringAt(value: unknown, field: string): string {
  if (typeof value !== 'string') throw fault(field, 'a string');
  return value;
}

function stringsAt(value: unknown, field: string): readonly string[] {
  if (!Array.isArray(value)) throw fault(field, 'a list of strings');
  return value.map((entry: unknown) => stringAt(entry, field));
}

function fault(field: string, expected: string): TypeError {
  return new TypeError(`SES event: ${field} is not ${expected}`);
}
