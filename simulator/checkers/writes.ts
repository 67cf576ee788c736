import { contentOf } from './content.ts';
import { type Add, type Change, type Item, isTombstone, type ObservedRegion } from './observed.ts';
import { regionOf } from './stamps.ts';

/**
 * What no application has written, replication has, and that does three things only: it brings what stood in the other
 * region before, with the stamp that it had there; it stamps what is there and leaves it as it is; and it buries what
 * is gone. Anything else is a write that nobody made, whatever stamp makes it win.
 */
export function checkWrites(here: ObservedRegion, there: ObservedRegion, add: Add): void {
  const stood = new Map<string, number>();
  for (const { newImage, happenedAtMs } of there.changes) {
    const content = newImage && contentOf(newImage);
    if (content !== undefined && !stood.has(content)) stood.set(content, happenedAtMs);
  }
  for (const change of here.changes) {
    if (change.isExpiry || here.written.has(change.sequenceNumber)) continue;
    const problem = problemOf(change, { name: here.name, stood });
    if (problem !== undefined) add('diverged', `${here.name}: ${change.id} ${problem}, which nobody wrote`);
  }
}

/** @param stood since when, of what the other region ever held */
function problemOf(
  { oldImage, newImage, happenedAtMs }: Change,
  { name, stood }: { readonly name: string; readonly stood: ReadonlyMap<string, number> },
): string | undefined {
  const stamp = newImage?._v?.S;
  if (newImage === undefined || stamp === undefined) return 'was deleted or lost its stamp';
  const sinceMs = stood.get(contentOf(newImage)) ?? Number.POSITIVE_INFINITY;
  if (sinceMs <= happenedAtMs) return undefined;
  if (regionOf(stamp) !== name) return `came as ${stamp} from elsewhere`;
  if (oldImage !== undefined) return isStampedOnly(oldImage, newImage) ? undefined : `became what bears ${stamp}`;
  return isTombstone(newImage) ? undefined : `came back as what bears ${stamp}`;
}

function isStampedOnly(before: Item, after: Item): boolean {
  return contentOf({ ...before, _v: {} }) === contentOf({ ...after, _v: {} });
}
