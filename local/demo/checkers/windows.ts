/** The minutes of usage against the records of Kinesis by the time of their arrival. */
import { createFinding, type Finding } from './finding.ts';
import type { SourceRecord, StoredItem } from './stored.ts';

const minuteMs = 60_000;

/**
 * Windows that have a row and have ended must count what arrived in them, a duplicate as often as it came. The minutes
 * in which the run ends have no row yet, and an arrival time that no record bears cannot have one.
 */
export function checkWindows(state: { records: readonly SourceRecord[]; rows: readonly StoredItem[] }): Finding {
  const finding = createFinding('usage-analytics', 'windows');
  const arrived = new Map<string, number>();
  for (const { arrivedAtMs = 0, eventName } of state.records) {
    // What happens to a tombstone is no change of an item.
    if (eventName === 'NONE') continue;
    const start = `${new Date(Math.floor(arrivedAtMs / minuteMs) * minuteMs).toISOString().slice(0, 19)}Z`;
    arrived.set(start, (arrived.get(start) ?? 0) + 1);
  }
  const counted = new Map<string, number>();
  for (const { start, total } of state.rows) {
    counted.set(start?.S ?? '', (counted.get(start?.S ?? '') ?? 0) + Number(total?.N ?? 0));
  }
  for (const [start, count] of counted) {
    const expected = arrived.get(start) ?? 0;
    const words = `the minute of ${start} counts ${count} changes instead of ${expected}`;
    if (count < expected) finding.add('lost', words, expected - count);
    if (count > expected) finding.add('doubled', words, count - expected);
  }
  return finding.finish({ expected: counted.size, found: counted.size, details: { minutes: arrived.size } });
}
