import type { Clock } from '../../batch/clock.ts';
import type { EmailService, OutgoingEmail, RefusalReason, SendResult } from '../../services/ses/port.ts';
import { tagsOf } from './email-tags.ts';
import type { Ledger } from './ledger.ts';
import type { Attempt, LedgerRow } from './ledger-row.ts';
import type { Suppressions } from './suppressions.ts';

/** What both functions of the protocol work with. */
export interface EmailPost {
  readonly ledger: Ledger;
  readonly suppressions: Suppressions;
  readonly email: EmailService;
  readonly clock: Clock;
  readonly sender: EmailSender;
  /** Told what happened to a mail, once for each step, for metrics. */
  readonly observe: (step: EmailStep) => void;
}

export interface EmailSender {
  readonly from: string;
  /** Publishes the events to the settler: that of the identity may be somebody else's. */
  readonly configurationSet: string;
  /**
   * Longest time from taking an attempt to the start of its call. With the call's own timeout it must stay well below
   * the ledger's silence, after which somebody else may take the next attempt.
   */
  readonly leaseMs: number;
}

export type EmailStep =
  | 'sent'
  | 'refused'
  | 'rejected'
  | 'unknown'
  | 'suppressed'
  | 'parked'
  | 'delivered'
  | 'bounced'
  | 'complained';

export type AttemptOutcome =
  | { readonly kind: 'sent' | 'rejected' | 'unknown' | 'suppressed' | 'lost' }
  | { readonly kind: 'refused'; readonly reason: RefusalReason };

/** How long a refused mail rests before the settler tries again. */
const restMs: Readonly<Record<RefusalReason, number>> = {
  throttled: 1_000,
  unreachable: 5_000,
  paused: 60_000,
  configuration: 60_000,
  quota: 600_000,
};

/**
 * One attempt to send the mail of a row that was read before: takes the attempt, calls SES at most once, records what
 * SES said. An unknown outcome stays `sending`: only an SES event, or the settler after the silence, moves it.
 *
 * @throws {PipelineError} when the ledger does not answer; the row is then in a state from which nothing is sent twice.
 */
export async function sendAttempt(post: EmailPost, row: LedgerRow): Promise<AttemptOutcome> {
  const { ledger, suppressions, email, clock, sender, observe } = post;
  if (await suppressions.includes(row.to)) {
    if (!(await ledger.finish(row, 'suppressed'))) return { kind: 'lost' };
    observe('suppressed');
    return { kind: 'suppressed' };
  }
  const attempt = await ledger.take(row);
  if (attempt === undefined) return { kind: 'lost' };
  // A worker that slept between taking and calling may have lost its turn to somebody: nothing was sent, so give back.
  const expired = clock.nowMs() - attempt.takenAtMs > sender.leaseMs;
  const result: SendResult = expired
    ? { kind: 'refused', reason: 'throttled', code: 'lease-expired' }
    : await email.send(outgoing(sender, attempt));
  const outcome = await record(post, attempt, result);
  observe(outcome.kind);
  return outcome;
}

function outgoing({ from, configurationSet }: EmailSender, attempt: Attempt): OutgoingEmail {
  const { to, subject, text, html } = attempt.email;
  return { from, to, subject, text, html, tags: tagsOf(attempt), configurationSet };
}

async function record(post: EmailPost, attempt: Attempt, result: SendResult) {
  const { ledger, clock } = post;
  switch (result.kind) {
    case 'accepted':
      await ledger.advance(attempt.email.id, { state: 'sent', messageId: result.messageId });
      return { kind: 'sent' } as const;
    case 'refused':
      await ledger.refuse(attempt, { code: result.code, dueAtMs: clock.nowMs() + restMs[result.reason] });
      return { kind: 'refused', reason: result.reason } as const; // recovery: mail-refused
    case 'rejected':
      await ledger.reject(attempt, result.code);
      return { kind: 'rejected' } as const;
    case 'unknown':
      return { kind: 'unknown' } as const; // recovery: mail-unknown
  }
}
