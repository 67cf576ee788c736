import type { AttributeMap } from '../../change/attribute-value.ts';
import { stampOf } from '../../change/stamp.ts';
import type { ReplicaDependencies } from './dependencies.ts';
import { ensureAbove } from './home.ts';
import { createItemStore } from './item-store.ts';
import { copy, orderAttribute } from './one-way.ts';
import { send } from './send.ts';

/** Below every order of a stream: its labels are times of this century. */
const lowestOrder = `0/${'0'.repeat(40)}`;

/**
 * Sends an item as it is now to the other region, which keeps what is newer. An item without a stamp gets one, and
 * that change then travels by itself. Of an item that is not there nothing is sent: what the other region has of it,
 * that region's own snapshot brings here.
 *
 * @throws {PipelineError} as the sink does; safe to repeat
 */
export async function snapshotActiveActive(
  keys: AttributeMap,
  dependencies: ReplicaDependencies,
): Promise<'applied' | 'duplicate' | 'stale' | 'filtered'> {
  const { table, home, remote } = dependencies;
  const stores = { home: createItemStore(home, table), remote: createItemStore(remote, table) };
  const image = await stores.home.read(keys);
  if (image === undefined) return 'filtered';
  const stamp = stampOf(image, table.versionAttribute);
  if (stamp === undefined) return ensureAbove({ keys, above: undefined }, { ...dependencies, store: stores.home });
  return send({ keys, image, stamp, lineage: 'unknown', ancestors: [] }, { ...dependencies, store: stores.remote });
}

/**
 * Copies an item as it is now, in the order of the copy that is there: every change after that one replaces it. The
 * copy is read first, so the item has all that the copy stands for.
 *
 * @throws {PipelineError} as the sink does; safe to repeat
 */
export async function snapshotOneWay(
  keys: AttributeMap,
  dependencies: ReplicaDependencies,
): Promise<'applied' | 'duplicate' | 'stale' | 'filtered'> {
  const { table, home, remote } = dependencies;
  const standing = await createItemStore(remote, table).read(keys);
  const image = await createItemStore(home, table).read(keys);
  if (image === undefined && standing === undefined) return 'filtered';
  const written = standing?.[orderAttribute];
  const order = written !== undefined && 'S' in written ? written.S : lowestOrder;
  return copy({ keys, image, order, replacesEqual: true }, dependencies);
}
