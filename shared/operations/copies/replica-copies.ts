import { mapBounded } from '../../batch/bounded.ts';
import { PoisonRecordError } from '../../batch/errors.ts';
import type { AttributeMap } from '../../change/attribute-value.ts';
import { sameImage } from '../../change/same-image.ts';
import { isTombstone, liveImage } from '../../change/tombstone.ts';
import type { ReplicaDependencies } from '../../sinks/replica/dependencies.ts';
import { createItemStore } from '../../sinks/replica/item-store.ts';
import type { ReplicaMode } from '../../sinks/replica/mode.ts';
import { orderAttribute } from '../../sinks/replica/one-way.ts';
import { snapshotActiveActive, snapshotOneWay } from '../../sinks/replica/snapshot.ts';
import type { Brought, Difference, ItemCopies, ReadItem } from './item-copies.ts';

const itemsAtOnce = 16;

/** The items of the other region. */
export function replicaCopies(options: {
  readonly mode: ReplicaMode;
  readonly replica: ReplicaDependencies;
}): ItemCopies {
  const { mode, replica } = options;
  if (mode === 'off') return { compare: async (items) => items.map(() => undefined) };
  const remote = createItemStore(replica.remote, replica.table);
  const snapshot = mode === 'one-way' ? snapshotOneWay : snapshotActiveActive;

  async function compareOne(item: ReadItem): Promise<Difference | undefined> {
    const there = await remote.read(item.keys);
    return mode === 'one-way' ? differenceOneWay(item, there, replica) : differenceBothWays(item, there, replica);
  }

  async function bringOne({ keys }: ReadItem): Promise<Brought> {
    try {
      return { kind: await snapshot(keys, replica) };
    } catch (error) {
      if (error instanceof PoisonRecordError) return { kind: 'refused', reason: error.message };
      throw error;
    }
  }

  return {
    compare: (items) => mapBounded(items, itemsAtOnce, compareOne),
    bring: (items) => mapBounded(items, itemsAtOnce, bringOne),
  };
}

type Table = Pick<ReplicaDependencies, 'table'>;

/** Both tables hold the same, stamps and tombstones included; a tombstone may have expired in one of them already. */
function differenceBothWays(
  { image }: ReadItem,
  there: AttributeMap | undefined,
  { table }: Table,
): Difference | undefined {
  const isGone = image === undefined || isTombstone(image, table);
  if (there === undefined) return isGone ? undefined : { kind: 'missing' };
  if (image === undefined) return isTombstone(there, table) ? undefined : { kind: 'leftover' };
  return differenceOf(image, there);
}

/** A deleted item is gone here and a tombstone there. */
function differenceOneWay({ image }: ReadItem, there: AttributeMap | undefined, { table }: Table) {
  const copied = liveImage(there, table);
  const live = liveImage(image, table);
  if (live === undefined) return copied === undefined ? undefined : ({ kind: 'leftover' } as const);
  if (copied === undefined) return { kind: 'missing' } as const;
  const { [orderAttribute]: _, ...content } = copied;
  return differenceOf(live, content);
}

function differenceOf(here: AttributeMap, there: AttributeMap): Difference | undefined {
  const names = new Set([...Object.keys(here), ...Object.keys(there)]);
  const differing = [...names].filter((name) => !isEqual(here[name], there[name])).sort();
  return differing.length === 0 ? undefined : { kind: 'differs', detail: differing.join(', ') };
}

function isEqual(a: AttributeMap[string] | undefined, b: AttributeMap[string] | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return sameImage({ value: a }, { value: b });
}
