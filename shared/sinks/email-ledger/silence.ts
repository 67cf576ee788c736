/** What the settler makes of an attempt of which nothing was heard. */
export interface SilencePolicy {
  /**
   * `park`: a person decides; right wherever events may get lost, because a mail whose event was lost looks exactly
   * like one that never went out. `resend`: only where every event arrives.
   */
  readonly onSilence: 'park' | 'resend';
  readonly silenceMs: number;
  /**
   * Longest time from taking an attempt to the start of its call. With the call's own timeout it stays below
   * `silenceMs`: whoever takes the next attempt can be sure that the last one is over.
   */
  readonly leaseMs: number;
}

/** SES publishes events at best effort. */
const bestEffort: SilencePolicy = { onSilence: 'park', silenceMs: 15 * 60_000, leaseMs: 60_000 };

/** The local engine delivers every event, again and again until it is taken. */
const lossless: SilencePolicy = { onSilence: 'resend', silenceMs: 10_000, leaseMs: 2_000 };

/** @param onSilence value of the identity's variable, which `config.ts` has checked */
export function silencePolicyOf(onSilence: string): SilencePolicy {
  return onSilence === 'resend' ? lossless : bestEffort;
}
