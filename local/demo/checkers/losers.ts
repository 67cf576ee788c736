/** Which versions of items were replaced by writes that had not seen them, as the streams tell it, and their rows. */
import { createFinding, type Finding, type FindingBuilder } from './finding.ts';
import type { RegionState } from './regions.ts';
import { sameItem } from './same-item.ts';
import { givenStamp, originOf, reasonFor } from './stamps.ts';
import { isTombstone, type SourceRecord, type StoredItem } from './stored.ts';

type Told = Pick<RegionState, 'name' | 'records' | 'conflicts'>;

/**
 * Every version that a write of the other region replaced without having seen it has its row, and every row holds both
 * versions, who won and why. Which were replaced is told only of items whose every write was stamped: of others some
 * losers may go unrecorded, as is documented. A row may be there for a replacement that did not come about.
 */
export function checkLosers(one: Told, other: Told): Finding {
  const finding = createFinding('replica-conflicts', 'versions');
  const unclear = new Set(
    [...one.records, ...other.records].filter((record) => givenStamp(record) === undefined).map(({ id }) => id),
  );
  const counts = [
    checkWay({ from: one, to: other, unclear }, finding),
    checkWay({ from: other, to: one, unclear }, finding),
  ];
  const sum = (name: 'expected' | 'kept') => counts.reduce((total, count) => total + count[name], 0);
  const rows = one.conflicts.length + other.conflicts.length;
  return finding.finish({ expected: sum('expected'), found: sum('kept'), details: { rows } });
}

interface Way {
  /** Its replicator writes the rows. */
  readonly from: Told;
  readonly to: Told;
  readonly unclear: ReadonlySet<string>;
}

function checkWay(way: Way, finding: FindingBuilder): { readonly expected: number; readonly kept: number } {
  const { from, to } = way;
  const rows = new Map(from.conflicts.map((row) => [`${row.keys?.M?.id?.S} ${row.version?.S}`, row]));
  const written = imagesByStamp(from.records);
  const wrong = new Set<StoredItem>();
  for (const [version, row] of rows) {
    const problem = problemOf(row, { from, to, written });
    if (problem === undefined) continue;
    wrong.add(row);
    finding.add('diverged', `the row of ${version} ${problem}`);
  }
  const count = { expected: 0, kept: 0 };
  for (const { id, oldStamp, newStamp, oldStored } of conflictsOf(way)) {
    count.expected += 1;
    const row = rows.get(`${id} ${oldStamp}`);
    if (row === undefined) finding.add('lost', `${id} lost version ${oldStamp} to ${newStamp}, and no row keeps it`);
    else if (wrong.has(row)) continue;
    else if (!sameItem(row.loser?.M, oldStored)) finding.add('diverged', `the row of ${id} keeps another ${oldStamp}`);
    else count.kept += 1;
  }
  return count;
}

/** Records of `to` that show a version from there replaced by one of `from` which did not know it. */
function conflictsOf({ from, to, unclear }: Way): SourceRecord[] {
  const known = knownBefore(from.records);
  return to.records.filter(({ id, oldStamp, newStamp, oldStored, newStored }) => {
    if (unclear.has(id) || oldStamp === undefined || newStamp === undefined) return false;
    if (originOf(oldStamp) !== to.name || originOf(newStamp) !== from.name) return false;
    // Deleted in both regions: nothing was lost.
    if (oldStored && newStored && isTombstone(oldStored) && isTombstone(newStored)) return false;
    return known.get(`${id} ${newStamp}`)?.has(oldStamp) !== true;
  });
}

/** For each version of an item, the versions that it had had before in this region. */
function knownBefore(records: readonly SourceRecord[]): Map<string, ReadonlySet<string>> {
  const history = new Map<string, Set<string>>();
  const known = new Map<string, ReadonlySet<string>>();
  for (const { id, newStamp } of records) {
    if (newStamp === undefined) continue;
    const before = history.get(id) ?? new Set();
    if (!known.has(`${id} ${newStamp}`)) known.set(`${id} ${newStamp}`, new Set(before));
    history.set(id, before.add(newStamp));
  }
  return known;
}

function imagesByStamp(records: readonly SourceRecord[]): Map<string, StoredItem> {
  const images = new Map<string, StoredItem>();
  for (const { id, newStamp, newStored } of records) {
    const version = `${id} ${newStamp}`;
    if (newStamp !== undefined && newStored !== undefined && !images.has(version)) images.set(version, newStored);
  }
  return images;
}

/** What is missing in a row, or not as the streams tell it. */
function problemOf(row: StoredItem, way: Omit<Way, 'unclear'> & { written: ReadonlyMap<string, StoredItem> }) {
  const [lost, won] = [row.version?.S, row.winnerVersion?.S];
  if (lost === undefined || won === undefined || won <= lost) return 'does not name a winner that is higher';
  if (row.loser?.M?._v?.S !== lost) return 'does not hold the version that lost';
  if (row.winner?.M?._v?.S !== won) return 'does not hold the version that won';
  if (!sameItem(row.winner.M, way.written.get(`${row.keys?.M?.id?.S} ${won}`))) return 'holds another winner';
  if (row.loserRegion?.S !== originOf(lost) || row.winnerRegion?.S !== way.from.name) return 'names other regions';
  return row.reason?.S === reasonFor(lost, won) ? undefined : 'gives another reason than the stamps';
}
