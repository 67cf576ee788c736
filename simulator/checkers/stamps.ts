import type { Add, ObservedRegion } from './observed.ts';

/**
 * A stamp comes onto an item once, and no stamped item goes back in time. Whoever deletes an item past the writer, or
 * puts an earlier image again, takes away what would refuse an older write: what was there before may come once more.
 */
export function checkStamps({ name, changes, putAgain }: ObservedRegion, add: Add): void {
  const seen = new Map<string, Set<string>>();
  for (const { id, sequenceNumber, oldImage, newImage } of changes) {
    const isPutAgain = putAgain.has(sequenceNumber);
    if (newImage === undefined || isPutAgain) seen.delete(id);
    const [before, after] = [oldImage?._v?.S, newImage?._v?.S];
    if (after === undefined || after === before) continue;
    if (before !== undefined && after < before && !isPutAgain)
      add('diverged', `${name}: ${id} went back from ${before} to ${after}`);
    const stamps = seen.get(id) ?? new Set();
    if (stamps.has(after)) add('doubled', `${name}: ${id} was given the stamp ${after} again`);
    seen.set(id, stamps.add(after));
  }
}

/** A region sends what was stamped in it, and nothing else: the rest is there where it would go. */
export function checkEchoes({ name, sent }: ObservedRegion, add: Add): void {
  for (const { id, stamp } of sent) {
    if (regionOf(stamp) === name) continue;
    add('doubled', `${name}: ${id} was sent back to where its stamp ${stamp} is from`);
  }
}

/** The region that gave the stamp. */
export function regionOf(stamp: string): string {
  return stamp.slice(stamp.lastIndexOf('/') + 1).replace(/_+$/, '');
}
