import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { InvariantError } from '../../batch/errors.ts';

/** A mail that is owed to somebody, rendered. Several mails to one person have several ids. */
export interface OwedEmail {
  /** Never two mails are sent for one id. At most 192 bytes: it travels through SES in a tag. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/**
 * `reserved`   owed, nobody has tried yet.
 * `sending`    an attempt is taken: SES may have the mail or not, until its reply or an event tells.
 * `sent`       SES took it. Then `delivered`, `bounced` or `complained`, as its events say.
 * `refused`    SES said that it did not take it, for a reason that passes: the next attempt may be taken.
 * `rejected`   SES said that it never will take it.
 * `parked`     an attempt stayed silent: a person decides. Late events still move the row on.
 * `suppressed` the address bounced for good or complained earlier.
 * `waived`     nothing is owed, and somebody has said that this is right. An insert that comes after all reserves.
 */
export type EmailState =
  | 'reserved'
  | 'sending'
  | 'sent'
  | 'delivered'
  | 'bounced'
  | 'complained'
  | 'refused'
  | 'rejected'
  | 'parked'
  | 'suppressed'
  | 'waived';

export interface LedgerRow extends OwedEmail {
  readonly state: EmailState;
  /** Attempts taken so far. */
  readonly attempt: number;
  /** Token of whoever wrote the row last: the reservation, then each attempt, has its own. */
  readonly owner: string;
  /** When the settler has to look at the row; absent when it is none of its business any more. */
  readonly dueAtMs?: number;
}

/** An attempt that its owner holds: the right to call SES once. */
export interface Attempt {
  readonly email: OwedEmail;
  readonly number: number;
  readonly owner: string;
  readonly takenAtMs: number;
}

type Item = Record<string, AttributeValue>;

export function rowOf(item: Item): LedgerRow {
  const dueAtMs = item.dueAtMs?.N;
  return {
    id: text(item, 'id'),
    to: text(item, 'to'),
    subject: text(item, 'subject'),
    text: text(item, 'text'),
    html: text(item, 'html'),
    state: stateOf(text(item, 'state')),
    attempt: Number(item.attempt?.N ?? 0),
    owner: text(item, 'owner'),
    ...(dueAtMs === undefined ? {} : { dueAtMs: Number(dueAtMs) }),
  };
}

const states: readonly EmailState[] = [
  'reserved',
  'sending',
  'sent',
  'delivered',
  'bounced',
  'complained',
  'refused',
  'rejected',
  'parked',
  'suppressed',
  'waived',
];

function stateOf(word: string): EmailState {
  const state = states.find((candidate) => candidate === word);
  if (state === undefined) throw new InvariantError('invariant', 'email ledger: a row has a state that nobody writes');
  return state;
}

function text(item: Item, name: string): string {
  const value = item[name]?.S;
  if (value === undefined) throw new InvariantError('invariant', `email ledger: a row lacks its attribute ${name}`);
  return value;
}
