import { type Change, type Finding, type Item, isTombstone, type ObservedRegion } from './observed.ts';

const minuteMs = 60_000;
const ops = ['insert', 'modify', 'remove', 'expire'] as const;
type Op = (typeof ops)[number];

/** What came through one shard in one minute. */
interface Share {
  readonly startMs: number;
  readonly arrived: Map<Op, number>;
  readonly counted: Map<Op, number>;
  /** Rows that count it. */
  rows: number;
  /** Whether the mapping gave up on a part of it. */
  isGivenUp: boolean;
}

/**
 * The windows of a minute and a shard count what arrived there, by operation, a duplicate as often as it came, and not
 * what is no change. What the mapping gave up on is in no window, so its minute may count less, never more. Only where
 * the mapping was created again after it may a minute count more that had been ended early: the parts of it need not
 * begin with the same records the second time.
 */
export function checkWindows(region: ObservedRegion): Finding[] {
  const shares = new Map<string, Share>();
  addArrivals(shares, region);
  addRows(shares, region);
  const recreatedAtMs = region.recreatedAtMs.get('usage-analytics') ?? [];
  return [...shares].flatMap(([place, share]) => {
    const passes = 1 + recreatedAtMs.filter((atMs) => share.rows > 1 && share.startMs < atMs).length;
    const what = `${region.name}: ${place} counts ${told(share.counted)} instead of ${told(share.arrived)}`;
    const kinds = new Set(ops.flatMap((op) => differenceIn(share, { op, passes })));
    return [...kinds].map((kind): Finding => ({ consumer: 'usage-analytics', kind, what }));
  });
}

function addArrivals(shares: Map<string, Share>, { deliveries, handled }: ObservedRegion): void {
  for (const { change, arrivedAtMs, shardId, sequenceNumber } of deliveries) {
    const op = change && opOf(change);
    if (op === undefined) continue;
    const share = shareOf(shares, { startMs: Math.floor(arrivedAtMs / minuteMs) * minuteMs, shardId });
    share.arrived.set(op, (share.arrived.get(op) ?? 0) + 1);
    const handling = handled.get('usage-analytics')?.get(`${shardId}:${sequenceNumber}`);
    if (handling !== undefined && handling.givenUp > 0) share.isGivenUp = true;
  }
}

function addRows(shares: Map<string, Share>, { windows }: ObservedRegion): void {
  for (const row of windows) {
    const [start = '', shardId = ''] = row.part?.S?.split('#') ?? [];
    const share = shareOf(shares, { startMs: Date.parse(start), shardId });
    share.rows += 1;
    for (const op of ops) share.counted.set(op, (share.counted.get(op) ?? 0) + countIn(row, op));
  }
}

function shareOf(shares: Map<string, Share>, { startMs, shardId }: { startMs: number; shardId: string }): Share {
  const place = `the minute of ${new Date(startMs).toISOString()} in ${shardId}`;
  const known = shares.get(place);
  if (known !== undefined) return known;
  const share: Share = { startMs, arrived: new Map(), counted: new Map(), rows: 0, isGivenUp: false };
  shares.set(place, share);
  return share;
}

function countIn(row: Item, op: Op): number {
  return Number(row[op]?.N ?? 0);
}

function differenceIn(
  { arrived, counted, isGivenUp }: Share,
  { op, passes }: { readonly op: Op; readonly passes: number },
): Finding['kind'][] {
  const [expected, found] = [arrived.get(op) ?? 0, counted.get(op) ?? 0];
  if (found > expected * passes) return ['doubled'];
  return found < expected && !isGivenUp ? ['lost'] : [];
}

function told(counts: ReadonlyMap<Op, number>): string {
  const parts = ops.flatMap((op) => ((counts.get(op) ?? 0) > 0 ? [`${op} ${counts.get(op)}`] : []));
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

/** What happens to a tombstone is no change of an item. */
function opOf({ isExpiry, oldImage, newImage }: Change): Op | undefined {
  const before = oldImage !== undefined && !isTombstone(oldImage);
  const after = newImage !== undefined && !isTombstone(newImage);
  if (before) return after ? 'modify' : isExpiry ? 'expire' : 'remove';
  return after ? 'insert' : undefined;
}
