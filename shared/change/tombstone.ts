import type { AttributeMap } from './attribute-value.ts';
import type { Change } from './change.ts';
import { isObject } from './raw-json.ts';
import { replayHorizonS } from './replay-horizon.ts';
import type { Stamp } from './stamp.ts';
import type { TableDefinition } from './table-definition.ts';

/** What a table has to say about its tombstones. */
export type TombstoneAttributes = Pick<
  TableDefinition,
  'tombstoneAttribute' | 'versionAttribute' | 'timeToLiveAttribute'
>;

/**
 * The item that stands for a deleted one, so that an older write from another region cannot bring it back: its keys,
 * the mark, the stamp of the deletion, and the time after which no such write can come any more. In a table without
 * time to live it stays for good.
 */
export function tombstoneOf(
  keys: AttributeMap,
  { table, stamp, nowMs }: { readonly table: TombstoneAttributes; readonly stamp: Stamp; readonly nowMs: number },
): AttributeMap {
  const { tombstoneAttribute, versionAttribute, timeToLiveAttribute } = table;
  const expiry = { N: String(Math.ceil(nowMs / 1000) + replayHorizonS) };
  return {
    ...keys,
    [tombstoneAttribute]: { BOOL: true },
    [versionAttribute]: { S: stamp },
    ...(timeToLiveAttribute === undefined ? {} : { [timeToLiveAttribute]: expiry }),
  };
}

export function isTombstone(
  image: AttributeMap | undefined,
  { tombstoneAttribute }: Pick<TableDefinition, 'tombstoneAttribute'>,
): boolean {
  const mark: unknown = image?.[tombstoneAttribute];
  return isObject(mark) && mark.BOOL === true;
}

/** An image for whom a tombstone is no item. */
export function liveImage(
  image: AttributeMap | undefined,
  table: Pick<TableDefinition, 'tombstoneAttribute'>,
): AttributeMap | undefined {
  return isTombstone(image, table) ? undefined : image;
}

/**
 * The change as everybody sees it for whom a deleted item is gone: a live item that became a tombstone was removed, a
 * tombstone that became a live item is an insert. `undefined` when no live item is concerned: a tombstone where nothing
 * was or where one was already, and the end of a tombstone.
 */
export function withoutTombstones(
  change: Change,
  table: Pick<TableDefinition, 'tombstoneAttribute'>,
): Change | undefined {
  if (!isTombstone(change.oldImage, table) && !isTombstone(change.newImage, table)) return change;
  const { oldImage, newImage, op, ...rest } = change;
  const before = liveImage(oldImage, table);
  const after = liveImage(newImage, table);
  // A read of the item as it is now finds none: that is a state of its own, not a change of it.
  if (op === 'snapshot') return { ...rest, op, ...(before && { oldImage: before }), ...(after && { newImage: after }) };
  if (after !== undefined) return { ...rest, op: 'insert', newImage: after };
  if (before !== undefined) return { ...rest, op: 'remove', oldImage: before };
  return undefined;
}

/** The effects of a consumer that knows no tombstones. */
export function effectsWithoutTombstones<Request>(
  effects: (change: Change) => Request | undefined,
  table: Pick<TableDefinition, 'tombstoneAttribute'>,
): (change: Change) => Request | undefined {
  return (change) => {
    const seen = withoutTombstones(change, table);
    return seen === undefined ? undefined : effects(seen);
  };
}
