import { FatalConfigError } from '../../batch/errors.ts';
import type { Change } from '../../change/change.ts';
import { keyText } from '../../change/key-text.ts';
import { stampOf } from '../../change/stamp.ts';
import type { ReplicaDependencies } from './dependencies.ts';
import { activeActiveEffects } from './effects.ts';
import { createItemStore } from './item-store.ts';
import { copy, orderOf } from './one-way.ts';
import { send } from './send.ts';
import { ancestorsOf, answerAtHome } from './sink.ts';

export type RedriveOutcome = 'applied' | 'duplicate' | 'stale';

/**
 * Redrives changes of one item that replication gave up on, all of them together: as a snapshot of the item, so that
 * what came after them is never overwritten. Unstamped changes and deletions first take the way home again: of an item
 * that is gone nothing is left to send, and the other region would keep it.
 *
 * @throws {PipelineError} as the sink does; safe to repeat
 */
export async function redriveActiveActive(
  changes: readonly [Change, ...Change[]],
  dependencies: ReplicaDependencies,
): Promise<RedriveOutcome> {
  const { table, home, remote } = dependencies;
  const { keys } = oneItem(changes);
  const stores = { home: createItemStore(home, table), remote: createItemStore(remote, table) };
  const requestOf = activeActiveEffects({ table, region: home.region });
  const entries = changes.flatMap((change) => {
    const request = requestOf(change);
    return request === undefined ? [] : [{ change, request }];
  });
  const answered = await answerAtHome(entries, { ...dependencies, store: stores.home });
  const image = await stores.home.read(keys);
  const stamp = stampOf(image, table.versionAttribute);
  // Without a stamp somebody has written it since: that change is answered for by itself.
  if (image === undefined || stamp === undefined) return answered;
  const ancestors = ancestorsOf(changes, dependencies);
  return send({ keys, image, stamp, lineage: 'unknown', ancestors }, { ...dependencies, store: stores.remote });
}

/**
 * The same for a copy: the item as it is now, in the place of the newest of the changes. What the copy holds of later
 * ones stays, and a late write of any of these comes too late.
 */
export async function redriveOneWay(
  changes: readonly [Change, ...Change[]],
  dependencies: ReplicaDependencies,
): Promise<RedriveOutcome> {
  const { table, home } = dependencies;
  const { keys } = oneItem(changes);
  const orders = changes.map(({ position }) => orderOf(position));
  const order = orders.reduce((newest, next) => (next > newest ? next : newest));
  const image = await createItemStore(home, table).read(keys);
  return copy({ keys, image, order, replacesEqual: true }, dependencies);
}

function oneItem(changes: readonly [Change, ...Change[]]): Change {
  const [first] = changes;
  const item = keyText(first.keys);
  if (changes.every(({ keys }) => keyText(keys) === item)) return first;
  throw new FatalConfigError('invariant', 'changes of different items cannot be redriven as one');
}
