import type { AttributeMap } from '../../change/attribute-value.ts';
import type { Change } from '../../change/change.ts';
import { countingStamp, type Stamp, stampOf, stampParts } from '../../change/stamp.ts';
import type { TableDefinition } from '../../change/table-definition.ts';
import { isTombstone } from '../../change/tombstone.ts';

/** What a change of an active-active table asks for. */
export type ReplicaRequest =
  /** A write that was stamped here: it goes to the other region. */
  | { readonly kind: 'send'; readonly stamp: Stamp; readonly image: AttributeMap; readonly lineage: Lineage }
  /** A write without a stamp of its own, or a deletion that left no tombstone: the item has to end above this stamp. */
  | { readonly kind: 'home'; readonly above?: Stamp };

/**
 * What is known of the version that a write replaced: its stamp (that of the old image, or none where nothing was);
 * nothing, because a write without a stamp came in between; or that it is a tombstone which took the place of a deleted
 * item later on, whose stamp then follows the one that it deletes.
 */
export type Lineage = 'stamped' | 'unknown' | 'deletion';

/**
 * Only what was stamped here is sent; a counting stamp of another region is the echo of its write and goes nowhere.
 * A change without a counting stamp never travels: it would meet the other region's without an order between them. It
 * gets a stamp here, and that change then travels by itself.
 */
export function activeActiveEffects({ table, region }: { readonly table: TableDefinition; readonly region: string }) {
  return (change: Change): ReplicaRequest | undefined => {
    const { oldImage, newImage } = change;
    if (isForgotten(change, table)) return undefined;
    const stamp = countingStamp(change, table.versionAttribute);
    if (stamp === undefined || newImage === undefined) {
      const above = highest([stampOf(oldImage, table.versionAttribute), stampOf(newImage, table.versionAttribute)]);
      return { kind: 'home', ...(above && { above }) };
    }
    if (stampParts(stamp).region !== region) return undefined;
    return { kind: 'send', stamp, image: newImage, lineage: lineageOf(change, table) };
  };
}

/** The end of a tombstone: nothing that it kept out can come any more. Another one would follow it for ever. */
export function isForgotten({ op, oldImage }: Change, table: TableDefinition): boolean {
  return op === 'expire' && isTombstone(oldImage, table);
}

export function highest(stamps: readonly (Stamp | undefined)[]): Stamp | undefined {
  return stamps.reduce(
    (best, next) => (best === undefined || (next !== undefined && next > best) ? next : best),
    undefined,
  );
}

function lineageOf({ oldImage, newImage }: Change, table: TableDefinition): Lineage {
  if (oldImage === undefined) return isTombstone(newImage, table) ? 'deletion' : 'stamped';
  return stampOf(oldImage, table.versionAttribute) === undefined ? 'unknown' : 'stamped';
}
