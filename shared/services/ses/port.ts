/**
 * The part of SES that the email ledger uses. A send is one call, never repeated below this port: whether a mail may be
 * sent again is decided by the ledger alone, so every failure comes back classified instead of thrown.
 */
export interface EmailService {
  send(email: OutgoingEmail): Promise<SendResult>;
  /** What the account may still send. Throws when SES does not answer. */
  quota(): Promise<SendingQuota>;
}

export interface OutgoingEmail {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Come back in every SES event. Names and values: ASCII letters, digits, `_` and `-`, at most 256 characters. */
  readonly tags: Readonly<Record<string, string>>;
  /** Decides which events SES publishes, and where. @default the one that the sender's identity is assigned */
  readonly configurationSet?: string;
}

export type SendResult =
  | { readonly kind: 'accepted'; readonly messageId: string }
  /** SES did not take the mail, for a reason that passes: it may be sent again. */
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly code: string }
  /** SES did not take the mail and never will. */
  | { readonly kind: 'rejected'; readonly code: string }
  /** Timeout, reset connection, 5xx: SES may have taken the mail. Only an SES event can tell. */
  | { readonly kind: 'unknown'; readonly code: string };

/** `configuration`: credentials, identity or configuration set; somebody has to put it right. */
export type RefusalReason = 'throttled' | 'quota' | 'paused' | 'unreachable' | 'configuration';

/** @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendQuota.html */
export interface SendingQuota {
  readonly enabled: boolean;
  /** Mails per second. */
  readonly maxPerSecond: number;
  /** Mails in 24 hours; `Infinity` when the account has no daily quota. */
  readonly perDay: number;
  /** Mails that may still be sent in this 24-hour period; `Infinity` when the account has no daily quota. */
  readonly remaining: number;
}
