import { encodedBytes } from './event.ts';
import type { Fifo } from './fifo.ts';
import type { OpenWindow } from './positions/position-store.ts';
import type { ReadRecord } from './read-record.ts';
import type { Session } from './session.ts';
import { inWindow, type WindowRules, windowEvent, windowOf } from './tumbling-window.ts';

/** `{"Records":[]}` */
const EMPTY_EVENT_BYTES = 14;

export type NextWork =
  | { readonly kind: 'batch'; readonly count: number }
  /** The open tumbling window has to end before anything else. */
  | { readonly kind: 'windowEnd' }
  /** Not before `wakeMs`, or before there are more records. */
  | { readonly kind: 'nothing'; readonly wakeMs: number };

/** What the reading of the shard means for what is queued. */
export interface ReadingState {
  readonly ended: boolean;
  /** Since when every read came back empty; undefined while there is, or may be, more to read. */
  readonly idleSinceMs: number | undefined;
}

/**
 * Forms the next batch of a queue. A batch is complete at the first of: BatchSize, the batching window (it begins when
 * the previous invocation ends), the payload limit, the end of a tumbling window, the end of the shard.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
 */
export class BatchFormer {
  readonly #session: Session;
  readonly #queue: Fifo<ReadRecord>;
  readonly #rules: WindowRules;
  #grown = nothingGrown();

  constructor(session: Session, queue: Fifo<ReadRecord>, rules: WindowRules) {
    this.#session = session;
    this.#queue = queue;
    this.#rules = rules;
  }

  /** `dueMs`: when the batching window ends. */
  next(reading: ReadingState, { openWindow, dueMs }: { openWindow: OpenWindow | undefined; dueMs: number }): NextWork {
    const first = this.#queue.at(0);
    const nowMs = this.#session.clock.nowMs();
    if (openWindow && first && !inWindow(openWindow, first)) return { kind: 'windowEnd' };
    if (first) this.#grow(first, openWindow);
    const { count, complete } = this.#grown;
    if (count > 0 && (complete || reading.ended || nowMs >= dueMs)) return { kind: 'batch', count };
    const windowEndMs = this.#windowDueMs(reading, openWindow);
    if (nowMs >= windowEndMs) return { kind: 'windowEnd' };
    return { kind: 'nothing', wakeMs: Math.min(windowEndMs, count > 0 ? dueMs : Number.POSITIVE_INFINITY) };
  }

  take(count: number): ReadRecord[] {
    this.#grown = nothingGrown();
    return this.#queue.take(count);
  }

  /** Counts queued records in until one does not fit; a record above the limit by itself goes alone. */
  #grow(first: ReadRecord, openWindow: OpenWindow | undefined): void {
    const grown = this.#grown;
    const { batchSize } = this.#session.config;
    if (grown.count === 0) grown.bytes = grown.boundBytes = this.#envelopeBytes(first, openWindow);
    while (!grown.complete) {
      const next = this.#queue.at(grown.count);
      if (!next) return;
      const fits = this.#fits(next) || grown.count === 0;
      const joins = grown.count === 0 || (fits && this.#sameWindow(first, next));
      if (joins) grown.count += 1;
      grown.complete = !joins || grown.count === batchSize;
    }
  }

  /** As long as a generous estimate fits, nothing is encoded only to be measured. */
  #fits(next: ReadRecord): boolean {
    const grown = this.#grown;
    const { payloadLimitBytes } = this.#session.tuning;
    const comma = grown.count > 0 ? 1 : 0;
    grown.boundBytes += comma + next.boundBytes;
    if (grown.boundBytes <= payloadLimitBytes) return true;
    while (grown.measured < grown.count) {
      grown.bytes += (grown.measured > 0 ? 1 : 0) + (this.#queue.at(grown.measured)?.bytes ?? 0);
      grown.measured += 1;
    }
    return grown.bytes + comma + next.bytes <= payloadLimitBytes;
  }

  #sameWindow(first: ReadRecord, next: ReadRecord): boolean {
    const { lengthMs } = this.#rules;
    return lengthMs === 0 || inWindow(windowOf(first, lengthMs), next);
  }

  #envelopeBytes(first: ReadRecord, openWindow: OpenWindow | undefined): number {
    const { lengthMs } = this.#rules;
    if (lengthMs === 0) return EMPTY_EVENT_BYTES;
    return encodedBytes(windowEvent(this.#rules, openWindow ?? windowOf(first, lengthMs), []));
  }

  /** A window without new records ends after its time and a grace, and never while the shard may hold more for it. */
  #windowDueMs({ ended, idleSinceMs }: ReadingState, openWindow: OpenWindow | undefined): number {
    if (!openWindow || this.#queue.length > 0) return Number.POSITIVE_INFINITY;
    if (ended) return Number.NEGATIVE_INFINITY;
    if (idleSinceMs === undefined) return Number.POSITIVE_INFINITY;
    return Math.max(openWindow.endMs, idleSinceMs) + this.#session.tuning.windowGraceMs;
  }
}

interface Growth {
  count: number;
  complete: boolean;
  /** At least the bytes of the event so far. */
  boundBytes: number;
  /** The bytes of the event with its first `measured` records. */
  bytes: number;
  measured: number;
}

function nothingGrown(): Growth {
  return { count: 0, complete: false, boundBytes: 0, bytes: 0, measured: 0 };
}
