import type { Clock } from '../../batch/clock.ts';
import type { Limits } from '../../batch/sink.ts';
import type { SendingQuota } from '../../services/ses/port.ts';
import type { AttemptOutcome } from './send-attempt.ts';

/** Spaces the sends of one settler run by what the account may send. */
export interface SendGate {
  /** Waits for the next turn. False: nothing more may be sent in this run. */
  turn(): Promise<boolean>;
  /**
   * A throttle pauses everybody for a while. Any other refusal ends the sending of this run, and so does an unknown
   * outcome: while SES is in trouble every further attempt could end as a mail that a person has to look after.
   */
  note(outcome: AttemptOutcome): void;
}

export interface SendGateOptions {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly quota: SendingQuota;
}

/** Least time left in an invocation for an attempt: the call's timeout, and the ledger before and after it. */
export const attemptMarginMs = 10_000;

const throttlePauseMs = 1_000;

export function createSendGate({ clock, limits, quota }: SendGateOptions): SendGate {
  let remaining = quota.enabled && quota.maxPerSecond > 0 ? quota.remaining : 0;
  let nextTurnAtMs = clock.nowMs();
  return {
    async turn() {
      const nowMs = clock.nowMs();
      const turnAtMs = Math.max(nextTurnAtMs, nowMs);
      if (remaining < 1 || turnAtMs - nowMs > limits.remainingMs() - attemptMarginMs) return false;
      remaining -= 1;
      nextTurnAtMs = turnAtMs + 1_000 / quota.maxPerSecond;
      if (turnAtMs > nowMs) await clock.sleep(turnAtMs - nowMs);
      // Somebody else's turn may have met a refusal meanwhile.
      return remaining >= 0;
    },
    note(outcome) {
      if (outcome.kind === 'refused' && outcome.reason === 'throttled') {
        nextTurnAtMs = Math.max(nextTurnAtMs, clock.nowMs() + throttlePauseMs); // recovery: sending-throttled
      } else if (outcome.kind === 'refused' || outcome.kind === 'unknown') remaining = -1; // recovery: sending-stopped
    },
  };
}
