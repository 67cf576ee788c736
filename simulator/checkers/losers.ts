import { type Change, type Finding, isTombstone, type Observed } from './observed.ts';

/**
 * Every live version that lost to a write which had not seen it is kept as a conflict row. For items of which every
 * write was stamped: what others lose is documented to go unrecorded.
 */
export function checkLosers({ mode, regions }: Observed): Finding[] {
  if (mode === 'one-way') return [];
  const kept = new Set(regions.flatMap(({ conflicts }) => conflicts.map(({ version }) => version?.S)));
  const byItem = Map.groupBy(
    regions.flatMap(({ changes }) => changes),
    ({ id }) => id,
  );
  return [...byItem]
    .filter(([, changes]) => changes.every(isStamped))
    .flatMap(([id, changes]) =>
      losersOf(changes)
        .filter((stamp) => !kept.has(stamp))
        .map((stamp) => `${id} ${stamp}`),
    )
    .map((place) => ({ consumer: 'replicator', kind: 'lost', what: `the version ${place} lost and is not kept` }));
}

function isStamped({ oldImage, newImage }: Change): boolean {
  const stamp = newImage?._v?.S;
  return stamp !== undefined && (oldImage === undefined || stamp > (oldImage._v?.S ?? '~'));
}

/**
 * Versions that nobody wrote upon, but for the one that stands in the end. A tombstone of the very same microsecond is
 * taken for the deletion of the version, which is what it would look like.
 */
function losersOf(changes: readonly Change[]): readonly string[] {
  const written = changes.filter(({ region, newImage }) => regionOf(newImage?._v?.S) === region);
  const replaced = new Set(written.map(({ oldImage }) => oldImage?._v?.S));
  const stamps = written.flatMap(({ newImage }) => newImage?._v?.S ?? []);
  const tombstones = written.filter(({ newImage }) => isTombstone(newImage));
  const buriedAt = new Set(tombstones.map(({ newImage }) => tickOf(newImage?._v?.S)));
  const winner = stamps.toSorted().at(-1);
  return written
    .filter(({ newImage }) => !isTombstone(newImage))
    .flatMap(({ newImage }) => newImage?._v?.S ?? [])
    .filter((stamp) => stamp !== winner && !replaced.has(stamp) && !buriedAt.has(tickOf(stamp)));
}

function tickOf(stamp = ''): string {
  return stamp.slice(0, stamp.indexOf('/'));
}

function regionOf(stamp = ''): string {
  return stamp.slice(stamp.lastIndexOf('/') + 1).replace(/_+$/, '');
}
