import { RetryableError } from '../../batch/errors.ts';
import type { AttributeMap } from '../../change/attribute-value.ts';
import { type Stamp, stampOf } from '../../change/stamp.ts';
import { tombstoneOf } from '../../change/tombstone.ts';
import type { ReplicaDependencies } from './dependencies.ts';
import { highest } from './effects.ts';
import type { ItemStore } from './item-store.ts';
import { stampAbove, succeeding } from './stamps-above.ts';

/** Writers of one item that come between reading and writing it this often in a row are another fault. */
export const roundsMax = 8;

/**
 * The item at home ends above a stamp: what was written without one gets one, what was deleted without one gets a
 * tombstone. Either is a change with a counting stamp of this region, which then travels like any other.
 *
 * The tombstone is the successor of the deleted version, not of the clock: a deletion wins over what it saw, not over
 * what somebody wrote elsewhere meanwhile. Safe to repeat; `stale` when the item is above already.
 */
export async function ensureAbove(
  request: { readonly keys: AttributeMap; readonly above: Stamp | undefined },
  options: ReplicaDependencies & { readonly store: ItemStore },
): Promise<'applied' | 'stale'> {
  const { keys, above } = request;
  const { store, table } = options;
  for (let round = 0; round < roundsMax; round += 1) {
    const item = await store.read(keys);
    const standing = stampOf(item, table.versionAttribute);
    if (standing !== undefined && (above === undefined || standing > above)) {
      // recovery: stamped-meanwhile
      return 'stale';
    }
    if (item === undefined) {
      // recovery: deletion-buried
      if (await bury(keys, above, options)) return 'applied';
      continue;
    }
    const asRead = item[table.versionAttribute];
    const stamp = nextStampHere(highest([above, standing]), options);
    if (await store.stamp(keys, { ...(asRead && { asRead }), stamp })) return 'applied'; // recovery: stamped-afterwards
  }
  throw new RetryableError('sink-conflict', `replica: an item was written ${roundsMax} times while it was stamped`);
}

async function bury(
  keys: AttributeMap,
  above: Stamp | undefined,
  options: ReplicaDependencies & { readonly store: ItemStore },
): Promise<boolean> {
  const { store, table, clock } = options;
  const stamp = above === undefined ? nextStampHere(undefined, options) : succeeding(above, store.region);
  const tombstone = tombstoneOf(keys, { table, stamp, nowMs: clock.nowMs() });
  const { kind } = await store.put(tombstone, { nothing: true, stamps: [] });
  return kind === 'written';
}

function nextStampHere(after: Stamp | undefined, options: ReplicaDependencies & { readonly store: ItemStore }): Stamp {
  return stampAbove(after, { ...options, region: options.store.region });
}
