import { type Change, type Finding, type Item, isTombstone, type Observed, type ObservedRegion } from './observed.ts';

/**
 * Both regions hold the same items, each at the highest stamp that it ever had anywhere (the documented winner); no
 * stamp came onto an item of a region twice, which would be an echo; no stamped item went back in time; and nothing is
 * there that nobody wrote. A copy follows its item in order.
 */
export function checkRegions({ mode, regions }: Observed): Finding[] {
  const [one, other] = regions;
  if (one === undefined || other === undefined) return [];
  const findings: Finding[] = [];
  const add: Add = (kind, what) => void findings.push({ consumer: 'replicator', kind, what });
  if (mode === 'one-way') {
    checkCopy({ users: one.users, copies: other.users }, add);
    checkOrder(other.changes, add);
  } else {
    checkEqual({ here: byId(one.users), there: byId(other.users), changes: [...one.changes, ...other.changes] }, add);
    for (const region of regions) checkRevived(region, add);
    for (const region of regions) checkStamps(region, add);
    for (const region of regions) checkEchoes(region, add);
  }
  return findings;
}

type Add = (kind: Finding['kind'], what: string) => void;

/** The copy has every item and nothing else but tombstones, each with the order that it was copied in. */
function checkCopy({ users, copies }: { users: readonly Item[]; copies: readonly Item[] }, add: Add): void {
  const byCopy = byId(copies);
  for (const user of users) {
    const id = user.id?.S ?? '';
    const copy = byCopy.get(id);
    byCopy.delete(id);
    if (copy === undefined) add('lost', `${id} has no copy`);
    else if (contentOf(user) !== contentOf(withoutOrder(copy))) add('diverged', `${id} is another than its copy`);
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
  for (const id of new Set([...here.keys(), ...there.keys()])) {
    const [a, b] = [here.get(id), there.get(id)];
    if (a === undefined || b === undefined) add('lost', `${id} is in one region only`);
    else if (contentOf(a) !== contentOf(b)) add('diverged', `${id} differs between the regions`);
    else if (a._v?.S !== highest.get(id)) add('diverged', `${id} is not at the highest stamp that it ever had`);
  }
}

/**
 * A stamp comes onto an item once. Whoever deletes an item past the writer, or puts an earlier image again, takes away
 * what would refuse an older write until the tombstone or the new stamp is there: such items are left out.
 */
function checkStamps({ name, changes, putAgain }: ObservedRegion, add: Add): void {
  const seen = new Set<string>();
  const rewound = new Set<string>();
  for (const { id, oldImage, newImage } of changes) {
    if (newImage === undefined) rewound.add(id);
    const [before, after] = [oldImage?._v?.S, newImage?._v?.S];
    if (after === undefined || after === before || (before !== undefined && after < before)) continue;
    const place = `${id} ${after}`;
    if (seen.has(place) && !rewound.has(id) && !putAgain.has(id))
      add('doubled', `${name}: ${id} was given the stamp ${after} again`);
    seen.add(place);
  }
}

/** Whoever writes an item writes more of it than its key: a key with a stamp is what a stamp came onto too late. */
function checkRevived({ name, changes }: ObservedRegion, add: Add): void {
  for (const { id, oldImage, newImage } of changes) {
    if (oldImage !== undefined || newImage === undefined) continue;
    const isBare = Object.keys(newImage).every((attribute) => attribute === 'id' || attribute === '_v');
    if (isBare) add('diverged', `${name}: ${id} was gone and came back as a key with a stamp`);
  }
}

/** A region sends what was stamped in it, and nothing else: the rest is there where it would go. */
function checkEchoes({ name, sent }: ObservedRegion, add: Add): void {
  for (const { id, stamp } of sent) {
    if (stamp.replace(/_+$/, '').endsWith(`/${name}`)) continue;
    add('doubled', `${name}: ${id} was sent back to where its stamp ${stamp} is from`);
  }
}

function byId(items: readonly Item[]): Map<string, Item> {
  return new Map(items.map((item) => [item.id?.S ?? '', item]));
}

/** Equal for equal items, whatever the order of attributes and of members of sets. */
function contentOf(item: Item): string {
  return JSON.stringify(sorted(item));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, part]): [string, unknown] => [
    name,
    /^(SS|NS|BS)$/.test(name) && Array.isArray(part) ? part.toSorted() : sorted(part),
  ]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
