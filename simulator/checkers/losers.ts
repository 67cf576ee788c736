import { contentOf } from './content.ts';
import { type Change, type Finding, type Item, isTombstone, type Observed } from './observed.ts';
import { regionOf } from './stamps.ts';

/**
 * Every live version that lost to a write which had not seen it is kept as a conflict row, and a row keeps a version as
 * it was. Of an item that somebody wrote without a stamp, what lost before that: what loses from then on is documented
 * to go unrecorded.
 */
export function checkLosers({ mode, regions }: Observed): Finding[] {
  if (mode === 'one-way') return [];
  const changes = regions.flatMap((region) => region.changes);
  const rows = regions.flatMap(({ conflicts }) => conflicts);
  const kept = new Set(rows.map((row) => `${row.keys?.M?.id?.S} ${row.version?.S}`));
  const lost = [...Map.groupBy(changes, ({ id }) => id)].flatMap(([id, ofItem]) =>
    losersOf(stampedOnly(ofItem))
      .map((stamp) => `${id} ${stamp}`)
      .filter((place) => !kept.has(place)),
  );
  return [
    ...lost.map((place) => finding('lost', `the version ${place} lost and is not kept`)),
    ...wrongRows(rows, changes).map((place) => finding('diverged', `what is kept as ${place} is something else`)),
  ];
}

function finding(kind: Finding['kind'], what: string): Finding {
  return { consumer: 'replicator', kind, what };
}

/** Rows that hold what no table had under that stamp, or are filed under another item. */
function wrongRows(rows: readonly Item[], changes: readonly Change[]): readonly string[] {
  const had = new Set(changes.flatMap(({ newImage }) => (newImage === undefined ? [] : contentOf(newImage))));
  return rows
    .filter(({ item, keys, version, loser }) => {
      const { id, _v: stamp } = loser?.M ?? {};
      const isAnother = keys?.M?.id?.S !== id?.S || version?.S !== stamp?.S || !item?.S?.includes(`"${id?.S}"`);
      return isAnother || !had.has(contentOf(loser?.M ?? {}));
    })
    .map(({ item, version }) => `${item?.S} ${version?.S}`);
}

/** Those of both regions before the first one of either without a stamp of its own. */
function stampedOnly(changes: readonly Change[]): readonly Change[] {
  const unstamped = changes.filter((change) => !isStamped(change));
  const fromMs = Math.min(...unstamped.map(({ happenedAtMs }) => happenedAtMs));
  return changes.filter(({ happenedAtMs }) => happenedAtMs < fromMs);
}

function isStamped({ oldImage, newImage }: Change): boolean {
  const stamp = newImage?._v?.S;
  return stamp !== undefined && (oldImage === undefined || stamp > (oldImage._v?.S ?? '~'));
}

/**
 * Versions that were replaced where they were written by one of the other region, and that nobody wrote upon. A
 * tombstone of the very same microsecond is taken for the deletion of the version, which is what it would look like.
 */
function losersOf(changes: readonly Change[]): readonly string[] {
  const written = changes.filter(({ region, newImage }) => originOf(newImage) === region);
  const seen = new Set(written.map(({ oldImage }) => oldImage?._v?.S));
  const tombstones = written.filter(({ newImage }) => isTombstone(newImage));
  const buriedAt = new Set(tombstones.map(({ newImage }) => tickOf(newImage?._v?.S)));
  return changes
    .filter(({ region, newImage }) => originOf(newImage) !== region)
    .filter(({ region, oldImage }) => originOf(oldImage) === region && !isTombstone(oldImage))
    .flatMap(({ oldImage }) => oldImage?._v?.S ?? [])
    .filter((stamp) => !seen.has(stamp) && !buriedAt.has(tickOf(stamp)));
}

/** The region that stamped it. */
function originOf(image: Item | undefined): string | undefined {
  return image?._v?.S === undefined ? undefined : regionOf(image._v.S);
}

function tickOf(stamp = ''): string {
  return stamp.slice(0, stamp.indexOf('/'));
}
