import type { Random } from '../random.ts';
import { type CallFault, callFaults, eventFaults, type FaultName } from './fault-names.ts';

/**
 * What goes wrong in one history, and how often. Histories differ: each has some faults and not others, because faults
 * hide one another (a function that is always killed early never gets to its late calls).
 */
export interface Profile {
  readonly mode: 'active-active' | 'one-way';
  /** `resend` goes with lossless events only. */
  readonly onSilence: 'park' | 'resend';
  /** Faults that this history may have. */
  readonly faults: ReadonlySet<FaultName>;
  /** Probability for each call of a function that one of `callFaults` befalls it. */
  readonly callRate: number;
  /** Of `faults`, those of calls. */
  readonly callFaults: readonly CallFault[];
  /** For each record, invocation, event: where its fault is on. */
  readonly rate: number;
  readonly shards: number;
  /** How long a mapping that has read all waits before it asks again: the longer, the larger its batches. */
  readonly pollingMs: number;
  /** How far the clocks of writers and functions are ahead, by region. */
  readonly skewsMs: readonly number[];
  /** Mails per second that the account may send. */
  readonly mailsPerSecond: number;
  /**
   * With which state a tumbling window goes on after a partial response that resolved nothing: AWS does not say whether
   * it is the one that was sent, or the one that came back.
   */
  readonly windowState: 'sent' | 'returned';
  /** How many calls take their time, and how long at most. */
  readonly latency: { readonly share: number; readonly maxMs: number };
}

export function drawProfile(random: Random, allowed: ReadonlySet<FaultName>): Profile {
  const onSilence = random.chance(0.2) ? 'resend' : 'park';
  const mode = random.chance(0.15) ? 'one-way' : 'active-active';
  const isQuiet = random.chance(0.04);
  const drawn = [...allowed].filter(() => random.chance(0.6));
  const faults = new Set(isQuiet ? [] : drawn);
  if (onSilence === 'resend') for (const name of eventFaults) faults.delete(name);
  const skew = () => (faults.has('clock-skew') ? random.integer(-900, 900) : 0);
  return {
    mode,
    onSilence,
    faults,
    callRate: random.pick([0.004, 0.01, 0.01, 0.025, 0.06]),
    callFaults: callFaults.filter((name) => faults.has(name)),
    rate: random.pick([0.01, 0.03, 0.1]),
    shards: random.integer(1, 2),
    pollingMs: random.pick([1_000, 3_000, 8_000, 20_000]),
    skewsMs: [skew(), skew()],
    mailsPerSecond: random.pick([2, 14, 1000]),
    windowState: random.pick(['sent', 'returned'] as const),
    latency: random.pick([
      { share: 0.05, maxMs: 120 },
      { share: 0.1, maxMs: 300 },
      { share: 0.3, maxMs: 1_500 },
    ]),
  };
}
