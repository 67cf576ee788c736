import { encodedBytes } from './event.ts';
import type { OpenWindow } from './positions/position-store.ts';
import type { Session } from './session.ts';
import type { BufferedRecord, ShardReader } from './shard-reader.ts';
import type { SourceRecord } from './source.ts';
import { inWindow, type WindowRules, windowEvent, windowOf } from './tumbling-window.ts';

/** `{"Records":[]}` */
const EMPTY_EVENT_BYTES = 14;

export type Gathered =
  | { readonly kind: 'batch'; readonly records: readonly SourceRecord[] }
  /** The open tumbling window has to end before anything else. */
  | { readonly kind: 'windowEnd' }
  | { readonly kind: 'shardEnd' }
  | { readonly kind: 'drained' };

/**
 * Forms the next batch of a shard. A batch is complete at the first of: BatchSize, the batching window (it begins when
 * the previous invocation ends), the payload limit, the end of a tumbling window, the end of the shard.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
 */
export async function gather(
  session: Session,
  reader: ShardReader,
  { openWindow, rules, dueMs }: { openWindow: OpenWindow | undefined; rules: WindowRules; dueMs: number },
): Promise<Gathered> {
  const { clock, drain, config, tuning } = session;
  const grown: Growth = { count: 0, bytes: 0, complete: false };
  while (!drain.aborted) {
    const first = reader.buffer[0];
    if (openWindow && first && !inWindow(openWindow, first)) return { kind: 'windowEnd' };
    if (first && grown.bytes === 0) grown.bytes = envelopeBytes(rules, first, openWindow);
    grow(grown, reader, { limitBytes: tuning.payloadLimitBytes, batchSize: config.batchSize, rules });
    const due = grown.complete || reader.ended || clock.nowMs() >= dueMs;
    if (grown.count > 0 && due) return { kind: 'batch', records: reader.buffer.splice(0, grown.count) };
    if (reader.ended) return openWindow ? { kind: 'windowEnd' } : { kind: 'shardEnd' };
    const windowEndMs = windowDueMs(session, reader, openWindow);
    if (clock.nowMs() >= windowEndMs) return { kind: 'windowEnd' };
    const batchDueMs = grown.count > 0 ? dueMs : Number.POSITIVE_INFINITY;
    const wakeMs = Math.min(reader.nextPollMs, windowEndMs, batchDueMs);
    if (wakeMs > clock.nowMs()) await clock.sleep(wakeMs - clock.nowMs(), drain);
    if (!drain.aborted && clock.nowMs() >= reader.nextPollMs) await reader.poll();
  }
  return { kind: 'drained' };
}

interface Growth {
  count: number;
  bytes: number;
  complete: boolean;
}

interface Limits {
  readonly limitBytes: number;
  readonly batchSize: number;
  readonly rules: WindowRules;
}

/** Counts buffered records in until one does not fit; a record above the limit by itself goes alone. */
function grow(grown: Growth, { buffer }: ShardReader, { limitBytes, batchSize, rules }: Limits): void {
  const first = buffer[0];
  if (!first) return;
  while (!grown.complete && grown.count < buffer.length) {
    const next = buffer[grown.count];
    if (!next) return;
    const bytes = grown.bytes + next.bytes + (grown.count > 0 ? 1 : 0);
    const fits = grown.count === 0 || (bytes <= limitBytes && sameWindow(first, next, rules.lengthMs));
    if (fits) {
      grown.count += 1;
      grown.bytes = bytes;
    }
    grown.complete = !fits || grown.count === batchSize;
  }
}

function sameWindow(first: BufferedRecord, next: BufferedRecord, lengthMs: number): boolean {
  return lengthMs === 0 || inWindow(windowOf(first, lengthMs), next);
}

function envelopeBytes(rules: WindowRules, first: BufferedRecord, openWindow: OpenWindow | undefined): number {
  if (rules.lengthMs === 0) return EMPTY_EVENT_BYTES;
  return encodedBytes(windowEvent(rules, openWindow ?? windowOf(first, rules.lengthMs), []));
}

/** A window without new records ends after its time and a grace, and never while the shard may hold more for it. */
function windowDueMs({ tuning }: Session, reader: ShardReader, openWindow: OpenWindow | undefined): number {
  const idleSinceMs = reader.idleSinceMs;
  if (!openWindow || idleSinceMs === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(openWindow.endMs, idleSinceMs) + tuning.windowGraceMs;
}
