import type { DeadLetterState } from '../../runtime/dead-letters.ts';

/** Which failures a command is about; what is absent does not narrow it down. */
export interface FailureFilter {
  readonly region?: string;
  readonly consumer?: string;
  /** Code of a dead letter's error, or the condition under which a mapping gave up. */
  readonly code?: string;
  /** Milliseconds since the epoch. */
  readonly sinceMs?: number;
  readonly untilMs?: number;
  readonly state?: DeadLetterState;
  /** Keys of their objects. */
  readonly keys?: readonly string[];
}

/** What a filter looks at. */
export interface Filterable {
  readonly key: string;
  readonly consumer: string;
  readonly code: string;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly state: DeadLetterState;
}

export function passes(failure: Filterable, filter: FailureFilter): boolean {
  const { consumer, code, sinceMs, untilMs, state, keys } = filter;
  return (
    (consumer === undefined || failure.consumer === consumer) &&
    (code === undefined || failure.code === code) &&
    (sinceMs === undefined || failure.lastAtMs >= sinceMs) &&
    (untilMs === undefined || failure.firstAtMs <= untilMs) &&
    (state === undefined || failure.state === state) &&
    (keys === undefined || keys.includes(failure.key))
  );
}
