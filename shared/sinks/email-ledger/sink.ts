import { isPipelineError, PoisonRecordError } from '../../batch/errors.ts';
import type { EachSink, Limits, Outcome } from '../../batch/sink.ts';
import { fitsTag } from './email-tags.ts';
import type { LedgerRow, OwedEmail } from './ledger-row.ts';
import { type EmailPost, sendAttempt } from './send-attempt.ts';
import { attemptMarginMs } from './send-gate.ts';

export interface EmailRequest extends OwedEmail {
  /** Milliseconds since the epoch; later the mail is pointless, and the record counts as filtered. */
  readonly notAfterMs: number;
}

/** Mails in flight at once; SES answers in some 50 ms, so this keeps up with an ordinary account's rate. */
const concurrency = 8;

/** The settler leaves a fresh row to its own invocation for so long. */
const graceMs = 5_000;

/**
 * After trouble the sink leaves sending to the settler, which knows the account's rate; longer when SES did not answer
 * clearly, because each such attempt may end parked.
 */
const pauseMs = { refused: 1_000, unknown: 10_000 } as const;

/**
 * Resolves a record as soon as its mail is owed in the ledger, then tries to send at once. Whatever becomes of that
 * send, the settler owns the row from then on: a shard never waits for SES.
 *
 * Safe to call again with the same request: an id is reserved once, for good, whoever asks.
 */
export function createEmailLedgerSink(post: EmailPost): EachSink<EmailRequest> {
  let pausedUntilMs = 0;

  async function sendNow(row: LedgerRow, limits: Limits): Promise<void> {
    if (limits.remainingMs() < attemptMarginMs || post.clock.nowMs() < pausedUntilMs) return;
    try {
      const outcome = await sendAttempt(post, row);
      if (outcome.kind !== 'refused' && outcome.kind !== 'unknown') return;
      // recovery: sending-left-to-settler
      pausedUntilMs = Math.max(pausedUntilMs, post.clock.nowMs() + pauseMs[outcome.kind]);
    } catch (error) {
      // recovery: owed-but-not-sent
      // The row exists, so the record is resolved; only a fault of the deployment or of ours must not pass unseen.
      if (isPipelineError(error) && error.disposition !== 'abort') return;
      throw error;
    }
  }

  return {
    strategy: 'each',
    concurrency,
    async apply({ request }, limits): Promise<Outcome> {
      const nowMs = post.clock.nowMs();
      if (nowMs > request.notAfterMs) return { kind: 'filtered' };
      if (!fitsTag(request.id)) {
        const message = 'email ledger: the id is empty or longer than 192 bytes, more than an SES tag can carry';
        return { kind: 'poison', error: new PoisonRecordError('sink-rejected', message) };
      }
      const row = await post.ledger.reserve(request, nowMs < pausedUntilMs ? nowMs : nowMs + graceMs);
      if (row === undefined) return { kind: 'duplicate' };
      await sendNow(row, limits);
      return { kind: 'applied' };
    },
  };
}
