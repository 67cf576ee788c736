import type { Add, Change, ObservedRegion } from './observed.ts';

type StampedRegion = Pick<ObservedRegion, 'name' | 'putAgain'> & {
  readonly changes: readonly Pick<Change, 'id' | 'sequenceNumber' | 'oldImage' | 'newImage'>[];
};

/**
 * A stamp comes onto an item once, and no stamped item goes back in time. Whoever deletes an item past the writer, or
 * puts an earlier image again, takes away what would refuse an older write: what was there before may come once more.
 * So does who writes past the writer over a stamp: a write of a replicator that was killed may land after it and find
 * no stamp. Then the same stamp stands for two versions, until a higher one comes.
 */
export function checkStamps({ name, changes, putAgain }: StampedRegion, add: Add): void {
  const seen = new Map<string, Set<string>>();
  const standsForTwo = new Map<string, string>();
  const again = (id: string, stamp: string) => add('doubled', `${name}: ${id} was given the stamp ${stamp} again`);
  for (const { id, sequenceNumber, oldImage, newImage } of changes) {
    const isPutAgain = putAgain.has(sequenceNumber);
    if (newImage === undefined || isPutAgain) {
      seen.delete(id);
      standsForTwo.delete(id);
    }
    const [before, after] = [oldImage?._v?.S, newImage?._v?.S];
    if (after === undefined || after === before) continue;
    if (before !== undefined && after < before && !isPutAgain)
      add('diverged', `${name}: ${id} went back from ${before} to ${after}`);
    if (after > (standsForTwo.get(id) ?? after)) standsForTwo.delete(id);
    const stamps = seen.get(id) ?? new Set();
    if (stamps.has(after) && before === undefined) standsForTwo.set(id, after);
    else if (stamps.has(after)) again(id, after);
    seen.set(id, stamps.add(after));
  }
  for (const [id, stamp] of standsForTwo) again(id, stamp);
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
