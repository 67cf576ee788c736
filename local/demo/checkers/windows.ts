/** The minutes of usage against the records of Kinesis by the time of their arrival. */
import { HyperLogLog } from 'hyperlolo';
import { createFinding, type Finding } from './finding.ts';
import type { SourceRecord, StoredItem } from './stored.ts';

const minuteMs = 60_000;

/** The documented standard error of the number of active users. */
const standardError = 0.016;
/** An estimate is farther off once in a million windows. */
const toleratedErrors = 5;

export interface WindowsState {
  readonly records: readonly SourceRecord[];
  readonly rows: readonly StoredItem[];
  /** Last sequence number that the mapping has passed, by shard. */
  readonly positions: ReadonlyMap<string, string>;
}

/** What arrived in one minute of one shard. */
interface Arrived {
  changes: number;
  readonly active: Set<string>;
}

/**
 * Windows that have a row count what arrived in them, a duplicate as often as it came, and estimate how many users were
 * active within the documented error. A window has its rows when the mapping has passed a record of a later one; the
 * minutes in which the run ends may have none yet.
 */
export function checkWindows({ records, rows, positions }: WindowsState): Finding {
  const finding = createFinding('usage-analytics', 'windows');
  const arrived = arrivedIn(records);
  const lastPassed = lastWindows(records, positions);
  const rowsOf = Map.groupBy(rows, ({ part }) => (part?.S ?? '').split('#').slice(0, 2).join('#'));
  let found = 0;
  let ended = 0;
  for (const window of new Set([...arrived.keys(), ...rowsOf.keys()])) {
    const [start = '', shardId = ''] = window.split('#');
    const own = rowsOf.get(window) ?? [];
    const mustBeThere = start < (lastPassed.get(shardId) ?? '');
    if (own.length > 0) found += 1;
    if (own.length === 0 && !mustBeThere) continue;
    ended += 1;
    compare(
      `${start} in ${shardId}`,
      { rows: own, expected: arrived.get(window) ?? { changes: 0, active: new Set() } },
      finding,
    );
  }
  return finding.finish({ expected: ended, found, details: { minutes: arrived.size } });
}

function compare(
  window: string,
  { rows, expected }: { readonly rows: readonly StoredItem[]; readonly expected: Arrived },
  finding: ReturnType<typeof createFinding>,
): void {
  const count = rows.reduce((sum, { total }) => sum + Number(total?.N ?? 0), 0);
  const words = `the minute of ${window} counts ${count} changes instead of ${expected.changes}`;
  if (count < expected.changes) finding.add('lost', words, expected.changes - count);
  if (count > expected.changes) finding.add('doubled', words, count - expected.changes);
  // A window without all of its changes is wrong about its users, too.
  if (count !== expected.changes) return;
  const { size } = expected.active;
  const estimate = estimateOf(rows);
  // Of few users the sketch can only miss those that fall together.
  if (Math.abs(estimate - size) <= Math.max(1, size * standardError * toleratedErrors)) return;
  finding.add('diverged', `the minute of ${window} tells ${estimate} active users instead of ${size}`);
}

function arrivedIn(records: readonly SourceRecord[]): Map<string, Arrived> {
  const windows = new Map<string, Arrived>();
  for (const record of records) {
    // What happens to a tombstone is no change of an item.
    if (record.eventName === 'NONE') continue;
    const window = `${startOf(record)}#${record.shardId}`;
    const arrived = windows.get(window) ?? { changes: 0, active: new Set() };
    windows.set(window, arrived);
    arrived.changes += 1;
    if (record.newImage !== undefined) arrived.active.add(record.id);
  }
  return windows;
}

/** By shard, the start of the last window of which the mapping has passed a record. */
function lastWindows(records: readonly SourceRecord[], positions: WindowsState['positions']): Map<string, string> {
  const last = new Map<string, string>();
  for (const record of records) {
    const position = positions.get(record.shardId);
    if (position === undefined || BigInt(record.sequenceNumber) > BigInt(position)) continue;
    const start = startOf(record);
    if (start > (last.get(record.shardId) ?? '')) last.set(record.shardId, start);
  }
  return last;
}

function startOf({ arrivedAtMs = 0 }: SourceRecord): string {
  return `${new Date(Math.floor(arrivedAtMs / minuteMs) * minuteMs).toISOString().slice(0, 19)}Z`;
}

function estimateOf(rows: readonly StoredItem[]): number {
  const [first, ...others] = rows.flatMap(({ active }) =>
    active?.B instanceof Uint8Array ? [HyperLogLog.deserialize(Buffer.from(active.B))] : [],
  );
  return first === undefined ? 0 : Math.round(others.reduce((all, other) => all.merge(other), first).count());
}
