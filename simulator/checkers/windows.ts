import { type Change, type Finding, isTombstone, type ObservedRegion } from './observed.ts';

const minuteMs = 60_000;

/**
 * The windows of a minute count what arrived in it, a duplicate as often as it came, and not what is no change. What
 * the mapping gave up on is in no window, so a minute of it may count less, never more. Only where the mapping was
 * created again may a minute count more that had been ended early: the parts of it need not begin with the same records
 * the second time.
 */
export function checkWindows({ name, deliveries, windows, handled, recreated }: ObservedRegion): Finding[] {
  const findings: Finding[] = [];
  const arrived = new Map<string, number>();
  const excused = new Set<string>();
  for (const { change, arrivedAtMs, shardId, sequenceNumber } of deliveries) {
    if (change === undefined || !concernsAnItem(change)) continue;
    const start = `${new Date(Math.floor(arrivedAtMs / minuteMs) * minuteMs).toISOString().slice(0, 19)}Z`;
    arrived.set(start, (arrived.get(start) ?? 0) + 1);
    const handling = handled.get('usage-analytics')?.get(`${shardId}:${sequenceNumber}`);
    if (handling !== undefined && handling.givenUp > 0) excused.add(start);
  }
  const counted = new Map<string, number>();
  const inParts = new Set<string>();
  const shares = new Set<string>();
  for (const { start, part, total } of windows) {
    const share = part?.S?.slice(0, part.S.lastIndexOf('#')) ?? '';
    if (shares.has(share)) inParts.add(start?.S ?? '');
    shares.add(share);
    counted.set(start?.S ?? '', (counted.get(start?.S ?? '') ?? 0) + Number(total?.N ?? 0));
  }
  for (const start of new Set([...arrived.keys(), ...counted.keys()])) {
    const [expected, found] = [arrived.get(start) ?? 0, counted.get(start) ?? 0];
    const what = `${name}: the minute of ${start} counts ${found} changes instead of ${expected}`;
    const isCountedAnew = recreated.has('usage-analytics') && inParts.has(start);
    if (found > expected && !isCountedAnew) findings.push({ consumer: 'usage-analytics', kind: 'doubled', what });
    if (found < expected && !excused.has(start)) findings.push({ consumer: 'usage-analytics', kind: 'lost', what });
  }
  return findings;
}

/** What happens to a tombstone is no change of an item, nor is what leaves it as it was. */
function concernsAnItem({ oldImage, newImage }: Change): boolean {
  const before = oldImage !== undefined && !isTombstone(oldImage);
  const after = newImage !== undefined && !isTombstone(newImage);
  return before || after;
}
