import { Buffer } from 'node:buffer';
import type { SesEvent } from '../../services/ses/event.ts';
import type { Attempt } from './ledger-row.ts';

/** An SES tag holds 256 characters, and base64 makes four of three bytes. */
const maxIdBytes = 192;

/** Whether the id fits into a tag, so that the events of its mail find their row. */
export function fitsTag(id: string): boolean {
  return id !== '' && Buffer.byteLength(id) <= maxIdBytes;
}

/** Tag values take few characters, so the id travels as base64url. */
export function tagsOf(attempt: Attempt): Readonly<Record<string, string>> {
  return {
    'ledger-key': Buffer.from(attempt.email.id).toString('base64url'),
    attempt: String(attempt.number),
    owner: attempt.owner,
  };
}

/** Id of the ledger row that an event is about; undefined when it is about somebody else's mail. */
export function idOf(event: SesEvent): string | undefined {
  const value = event.mail.tags['ledger-key']?.[0];
  return value === undefined ? undefined : Buffer.from(value, 'base64url').toString();
}
