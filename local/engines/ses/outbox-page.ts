import type { OutboxEntry, SimulatedSes } from '../../../shared/services/ses/simulated-ses.ts';

/** What `GET /outbox?to=ADDRESS&limit=N&before=NUMBER` answers. */
export interface OutboxPage {
  /** Mails ever accepted, also those that the outbox has dropped since. */
  readonly accepted: number;
  /** Newest first, at most `limit`. */
  readonly emails: readonly OutboxEntry[];
  /** The `before` of the next page; absent on the last one. */
  readonly nextBefore?: number;
}

/** Undefined when the query is malformed. A page is anchored at a mail's number, so mails that come in move nothing. */
export function outboxPage(ses: SimulatedSes, query: Readonly<Record<string, string>>): OutboxPage | undefined {
  const limit = Number(query.limit ?? 100);
  const before = Number(query.before ?? Number.MAX_SAFE_INTEGER);
  if (!Number.isSafeInteger(limit) || limit < 1 || !Number.isSafeInteger(before)) return undefined;
  const { to } = query;
  const matching = ses.outbox().filter((entry) => entry.number < before && (to === undefined || entry.to === to));
  const emails = matching.slice(0, limit);
  const last = emails.at(-1);
  return {
    accepted: ses.acceptedCount(),
    emails,
    ...(last === undefined || matching.length === emails.length ? {} : { nextBefore: last.number }),
  };
}
