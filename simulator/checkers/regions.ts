import { contentOf } from './content.ts';
import { type Add, type Change, type Finding, type Item, isTombstone, type Observed } from './observed.ts';
import { checkEchoes, checkStamps } from './stamps.ts';
import { checkWrites } from './writes.ts';

/**
 * Both regions hold the same items, each at the highest stamp that it ever had anywhere (the documented winner), and
 * what is gone there as a tombstone; no stamp came onto an item of a region twice, which would be an echo; no stamped
 * item went back in time; and nothing is there that nobody wrote. A copy follows its item in order.
 */
export function checkRegions({ mode, regions }: Observed): Finding[] {
  const [one, other] = regions;
  if (one === undefined || other === undefined) return [];
  const findings: Finding[] = [];
  const add: Add = (kind, what) => void findings.push({ consumer: 'replicator', kind, what });
  if (mode === 'one-way') {
    checkCopy({ users: one.users, copies: other.users, changes: one.changes }, add);
    checkOrder(other.changes, add);
  } else {
    checkEqual({ here: byId(one.users), there: byId(other.users), changes: [...one.changes, ...other.changes] }, add);
    checkWrites(one, other, add);
    checkWrites(other, one, add);
    for (const region of regions) checkStamps(region, add);
    for (const region of regions) checkEchoes(region, add);
  }
  return findings;
}

/** The copy has every item, and of what is gone the tombstones, each with the order that it was copied in. */
function checkCopy(
  { users, copies, changes }: { users: readonly Item[]; copies: readonly Item[]; changes: readonly Change[] },
  add: Add,
): void {
  const byCopy = byId(copies);
  for (const id of new Set(changes.map((change) => change.id)))
    if (!byCopy.has(id)) add('lost', `${id} has no copy, and no tombstone of one`);
  for (const user of users) {
    const id = user.id?.S ?? '';
    const copy = byCopy.get(id);
    byCopy.delete(id);
    if (copy !== undefined && contentOf(user) !== contentOf(withoutOrder(copy)))
      add('diverged', `${id} is another than its copy`);
  }
  for (const [id, copy] of byCopy) if (!isTombstone(copy)) add('diverged', `${id} is a copy of nothing`);
}

/** A copy never goes back to an earlier change, not even on its way to the last one. */
function checkOrder(copies: readonly Change[], add: Add): void {
  const orders = new Map<string, string>();
  for (const { id, newImage } of copies) {
    const order = newImage?._seq?.S ?? '';
    if (newImage !== undefined && order < (orders.get(id) ?? ''))
      add('diverged', `the copy of ${id} went back in time`);
    orders.set(id, order);
  }
}

function withoutOrder({ _seq: _order, ...item }: Item): Item {
  return item;
}

function checkEqual(
  state: { here: Map<string, Item>; there: Map<string, Item>; changes: readonly Change[] },
  add: Add,
): void {
  const { here, there } = state;
  const highest = new Map<string, string>();
  for (const { id, newImage } of state.changes) {
    const stamp = newImage?._v?.S;
    if (stamp !== undefined && stamp > (highest.get(id) ?? '')) highest.set(id, stamp);
  }
  // Whatever was there once has left a tombstone, which outlives a history.
  for (const id of new Set(state.changes.map((change) => change.id))) {
    const [a, b] = [here.get(id), there.get(id)];
    if (a === undefined && b === undefined) add('lost', `${id} is gone, and nothing says that it was there`);
    else if (a === undefined || b === undefined) add('lost', `${id} is in one region only`);
    else if (contentOf(a) !== contentOf(b)) add('diverged', `${id} differs between the regions`);
    else if (a._v?.S !== highest.get(id)) add('diverged', `${id} is not at the highest stamp that it ever had`);
  }
}

function byId(items: readonly Item[]): Map<string, Item> {
  return new Map(items.map((item) => [item.id?.S ?? '', item]));
}
