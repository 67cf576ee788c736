import { RetryableError } from '../../batch/errors.ts';
import type { AttributeMap } from '../../change/attribute-value.ts';
import { type Stamp, stampOf, stampParts } from '../../change/stamp.ts';
import { isTombstone } from '../../change/tombstone.ts';
import { keepLoser } from './conflicts.ts';
import type { ReplicaDependencies } from './dependencies.ts';
import type { Lineage } from './effects.ts';
import { roundsMax } from './home.ts';
import type { ItemStore, Replaceable } from './item-store.ts';
import { stampAbove, succeeding } from './stamps-above.ts';

/** A stamped version of an item on its way to the other region. */
export interface Delivery {
  readonly keys: AttributeMap;
  readonly stamp: Stamp;
  readonly image: AttributeMap;
  readonly lineage: Lineage;
  /** Stamps that this version replaced at home, knowingly: they are no losers. */
  readonly ancestors: readonly Stamp[];
}

/** DynamoDB takes 100 operands after IN. */
const ancestorsMax = 50;

/**
 * Writes the version in the other region unless that has a higher one. Of the condition `attribute_not_exists(key) OR
 * version < :version` it uses the part that it has looked at: nothing, an ancestor, or the very version that was read
 * (and kept, when it loses). A write that lands late therefore replaces nothing that nobody has seen.
 *
 * An item without a stamp is given one above this version, in the name of the region it is in: what was written there
 * last, without a clock, wins. That region's own replicator may be waiting for this one, so it cannot be left to it.
 */
export async function send(
  delivery: Delivery,
  options: ReplicaDependencies & { readonly store: ItemStore },
): Promise<'applied' | 'duplicate' | 'stale'> {
  const { stamp, image, keys } = delivery;
  const { store, table } = options;
  const replaced = delivery.ancestors.filter((ancestor) => ancestor < stamp).toSorted();
  const unseen: Replaceable = { nothing: true, stamps: replaced.slice(-ancestorsMax) };
  let over = unseen;
  for (let round = 0; round < roundsMax; round += 1) {
    const result = await store.put(image, over);
    if (result.kind === 'written') return 'applied';
    over = unseen;
    const { item } = result;
    if (item === undefined) continue;
    const standing = stampOf(item, table.versionAttribute);
    if (standing === undefined) {
      // recovery: met-without-stamp
      const asRead = item[table.versionAttribute];
      const above = stampAbove(stamp, { ...options, region: store.region });
      if (await store.stamp(keys, { ...(asRead && { asRead }), stamp: above })) {
        // recovery: stamped-by-other-region
        return 'stale';
      }
      continue;
    }
    if (standing === stamp) return 'duplicate'; // recovery: sent-before
    if (standing > stamp) return 'stale'; // recovery: newer-stands
    await keepIfLost({ delivery, standing, item, replaced }, options);
    over = { nothing: false, stamps: [standing] };
  }
  throw new RetryableError('sink-conflict', `replica: an item was written ${roundsMax} times while it was sent`);
}

async function keepIfLost(
  meeting: {
    readonly delivery: Delivery;
    readonly standing: Stamp;
    readonly item: AttributeMap;
    readonly replaced: readonly Stamp[];
  },
  options: ReplicaDependencies,
): Promise<void> {
  const { delivery, standing, item, replaced } = meeting;
  const { keys, stamp, image, lineage } = delivery;
  const { table, home } = options;
  if (replaced.includes(standing)) return;
  // A version from here: this one came after it here, or something did which kept it when it replaced it.
  if (stampParts(standing).region === home.region) return;
  if (isTombstone(item, table) && isTombstone(image, table)) return;
  if (lineage === 'deletion' && stamp === succeeding(standing, home.region)) return;
  const certainty = lineage === 'stamped' ? 'certain' : 'possible';
  const loser = { stamp: standing, image: item };
  await keepLoser({ keys, loser, winner: { stamp, image }, certainty }, options); // recovery: loser-kept
}
