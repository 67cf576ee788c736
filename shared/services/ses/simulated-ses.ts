import type { Clock } from '../../batch/clock.ts';
import type { OutgoingEmail } from './port.ts';
import { invalidAddress, invalidTag } from './simulated-validation.ts';

/**
 * SES as a rule book: what it takes, what it refuses and with which error, and an outbox of what it took. The in-memory
 * twin and the local HTTP engine are two faces of it, so both refuse the same mails.
 */
export interface SimulatedSes {
  /** Called once per request; what it takes is in the outbox before it returns. */
  submit(email: OutgoingEmail): Submission;
  account(): { readonly maxPerSecond: number; readonly max24Hours: number; readonly sentLast24Hours: number };
  /** Newest first. */
  outbox(): readonly OutboxEntry[];
  /** Mails ever accepted, also those that the bounded outbox has dropped. */
  acceptedCount(): number;
}

export interface OutboxEntry extends OutgoingEmail {
  /** Counts accepted mails from 1 on. */
  readonly number: number;
  readonly messageId: string;
  readonly acceptedAtMs: number;
}

export type Submission = { readonly accepted: OutboxEntry } | { readonly error: SesError };

/** An error as the API answers it. */
export interface SesError {
  readonly name: string;
  readonly httpStatus: number;
  readonly message: string;
}

export interface SimulatedSesOptions {
  readonly clock: Clock;
  readonly newMessageId: () => string;
  /** Mails per second. @default no limit */
  readonly maxPerSecond?: number;
  /** Mails per 24 hours. @default no limit */
  readonly max24Hours?: number;
  /** Mails kept in the outbox. @default 20,000 */
  readonly outboxLimit?: number;
}

const secondMs = 1_000;
const dayMs = 86_400_000;

export function createSimulatedSes(options: SimulatedSesOptions): SimulatedSes {
  const { clock, newMessageId, outboxLimit = 20_000 } = options;
  const maxPerSecond = options.maxPerSecond ?? Number.POSITIVE_INFINITY;
  const max24Hours = options.max24Hours ?? -1;
  const entries: OutboxEntry[] = [];
  let acceptedCount = 0;
  // Sliding windows of acceptance times; only a limited account needs to remember.
  const lastSecond = slidingWindow(secondMs);
  const lastDay = slidingWindow(dayMs);

  function refusal(email: OutgoingEmail, nowMs: number): SesError | undefined {
    const invalid = invalidAddress(email.from) ?? invalidAddress(email.to) ?? invalidTag(email.tags);
    if (invalid !== undefined) return { name: 'BadRequestException', httpStatus: 400, message: invalid };
    if (max24Hours >= 0 && lastDay.count(nowMs) >= max24Hours) return throttling('Daily message quota exceeded.');
    if (lastSecond.count(nowMs) >= maxPerSecond) return throttling('Maximum sending rate exceeded.');
    return undefined;
  }

  return {
    submit(email) {
      const nowMs = clock.nowMs();
      const error = refusal(email, nowMs);
      if (error !== undefined) return { error };
      acceptedCount += 1;
      const accepted = { ...email, number: acceptedCount, messageId: newMessageId(), acceptedAtMs: nowMs };
      if (maxPerSecond !== Number.POSITIVE_INFINITY) lastSecond.add(nowMs);
      if (max24Hours >= 0) lastDay.add(nowMs);
      entries.push(accepted);
      if (entries.length > outboxLimit) entries.shift();
      return { accepted };
    },
    account: () => ({ maxPerSecond, max24Hours, sentLast24Hours: lastDay.count(clock.nowMs()) }),
    outbox: () => entries.toReversed(),
    acceptedCount: () => acceptedCount,
  };
}

function throttling(message: string): SesError {
  return { name: 'TooManyRequestsException', httpStatus: 429, message };
}

function slidingWindow(lengthMs: number): { add(nowMs: number): void; count(nowMs: number): number } {
  const times: number[] = [];
  return {
    add: (nowMs) => void times.push(nowMs),
    count(nowMs) {
      const firstInside = times.findIndex((timeMs) => timeMs > nowMs - lengthMs);
      times.splice(0, firstInside === -1 ? times.length : firstInside);
      return times.length;
    },
  };
}
