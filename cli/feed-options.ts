import type { FeedStart } from '../shared/operations/feed/feed.ts';
import { timeMs } from './run-command.ts';

/** From a time on, from `trim-horizon` (the oldest that the stream has), or without a word from now on. */
export function startOf(since: string | undefined, nowMs: number): FeedStart {
  if (since === undefined) return { kind: 'LATEST' };
  if (since.toLowerCase() === 'trim-horizon') return { kind: 'TRIM_HORIZON' };
  return { kind: 'AT_TIMESTAMP', timestampMs: timeMs(since, nowMs) };
}

/** Ctrl-C ends the work, not the process: what was read until then counts. */
export async function untilInterrupted<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const stop = new AbortController();
  const end = () => stop.abort();
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  try {
    return await work(stop.signal);
  } finally {
    process.removeListener('SIGINT', end);
    process.removeListener('SIGTERM', end);
  }
}
