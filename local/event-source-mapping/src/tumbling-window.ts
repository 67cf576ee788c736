import { encodedBytes, type MappingEvent, type WindowFields, type WindowState } from './event.ts';
import type { OpenWindow } from './positions/position-store.ts';
import type { SourceRecord } from './source.ts';

/** Lambda ends a window early when its state outgrows this. */
const STATE_LIMIT_BYTES = 1024 * 1024;

export interface WindowRules {
  readonly lengthMs: number;
  readonly shardId: string;
  readonly eventSourceArn: string;
}

/** The window of a record: by its arrival, aligned to multiples of the length. It begins with an empty state. */
export function windowOf({ arrivalMs }: SourceRecord, lengthMs: number): OpenWindow {
  const startMs = arrivalMs - (arrivalMs % lengthMs);
  return { startMs, endMs: startMs + lengthMs, state: {} };
}

export function inWindow(window: OpenWindow, { arrivalMs }: SourceRecord): boolean {
  return arrivalMs >= window.startMs && arrivalMs < window.endMs;
}

export function outgrown(state: WindowState): boolean {
  return encodedBytes(state) > STATE_LIMIT_BYTES;
}

/** The event of records within a window. */
export function windowEvent(rules: WindowRules, window: OpenWindow, records: readonly SourceRecord[]): MappingEvent {
  return { Records: records.map(({ record }) => record), ...fields(rules, window, { final: false, early: false }) };
}

/** The invocation that ends a window: no records, the state it came to. */
export function finalEvent(rules: WindowRules, window: OpenWindow, early: boolean): MappingEvent {
  return { Records: [], ...fields(rules, window, { final: true, early }) };
}

function fields(
  { shardId, eventSourceArn }: WindowRules,
  window: OpenWindow,
  { final, early }: { final: boolean; early: boolean },
): WindowFields {
  return {
    window: windowText(window),
    state: window.state,
    shardId,
    eventSourceARN: eventSourceArn,
    isFinalInvokeForWindow: final,
    isWindowTerminatedEarly: early,
  };
}

export function windowText({ startMs, endMs }: OpenWindow): WindowFields['window'] {
  return { start: secondsText(startMs), end: secondsText(endMs) };
}

function secondsText(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('.000Z', 'Z');
}
