/** What the demo writes, as data: a pure function of the number of users and the seed. */
import { createSeededRandom, type SeededRandom } from './seeded-random.ts';
import { edit, type Item, move, newUser, type PoisonedAttribute, toItem, type User } from './user-items.ts';

export type Write =
  | { readonly kind: 'put'; readonly id: string; readonly item: Item }
  | { readonly kind: 'update'; readonly id: string; readonly set: Item }
  | { readonly kind: 'delete'; readonly id: string };

/** One request: a single write, or several of different users as one transaction. */
export type Step = readonly [Write, ...Write[]];

export interface Workload {
  /** To be sent in this order per user; steps without a common user may overtake each other. */
  readonly steps: readonly Step[];
  readonly counts: WorkloadCounts;
}

export interface WorkloadCounts {
  readonly writes: number;
  readonly inserts: number;
  readonly edits: number;
  /** Edits that carry the user from one aggregate to another. */
  readonly moves: number;
  readonly deletes: number;
  readonly reinserts: number;
  /** Items whose time to live has passed; the engine's sweep deletes them. */
  readonly expiries: number;
  readonly inTransactions: number;
  /** Users with an attribute of a wrong type. */
  readonly poisoned: number;
}

export interface WorkloadOptions {
  readonly users: number;
  readonly seed: number;
  /** Some users get an attribute that consumers cannot accept; half of them are corrected later. */
  readonly poison: boolean;
}

const hotUsers = 10;
const shareOfEditsOfHotUsers = 0.2;
const shareInTransactions = 0.05;
const poisonKinds: readonly PoisonedAttribute[] = ['email', 'name', 'country', 'balance'];

export function planWorkload(options: WorkloadOptions): Workload {
  const random = createSeededRandom(options.seed);
  const lives = assignLives(options, random);
  const writers = lives.map((life, index) => writeLife(newUser(index + 1, random), life, random));
  const ordered = interleave(
    writers.map(({ writes }, index) => ({ writes, early: index < hotUsers || lives[index]?.poisoned !== undefined })),
    random,
  );
  const steps = groupIntoTransactions(ordered, random);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    steps,
    counts: {
      writes: ordered.length,
      inserts: options.users,
      edits: sum(lives.map(({ edits }) => edits)),
      moves: sum(writers.map(({ moves }) => moves)),
      deletes: lives.filter(({ end }) => end === 'deleted' || end === 'reinserted').length,
      reinserts: lives.filter(({ end }) => end === 'reinserted').length,
      expiries: lives.filter(({ end }) => end === 'expired').length,
      inTransactions: sum(steps.map((step) => (step.length > 1 ? step.length : 0))),
      poisoned: lives.filter(({ poisoned }) => poisoned !== undefined).length,
    },
  };
}

interface Life {
  readonly edits: number;
  readonly end: 'kept' | 'deleted' | 'reinserted' | 'expired';
  readonly poisoned?: PoisonedAttribute;
  readonly corrected: boolean;
}

function assignLives({ users, poison }: WorkloadOptions, random: SeededRandom): Life[] {
  const deletes = Math.round(users * 0.1);
  const reinserts = Math.round(deletes / 2);
  const expiries = Math.round(users * 0.05);
  const poisoned = poison ? Math.max(poisonKinds.length * 2, Math.round(users * 0.02)) : 0;
  const edits = assignEdits(users, random);
  const lives: Life[] = edits.map((count) => ({ edits: count, end: 'kept', corrected: false }));
  random.shuffled([...lives.keys()]).forEach((user, order) => {
    const life = lives[user];
    if (life === undefined) return;
    if (order < reinserts) lives[user] = { ...life, end: 'reinserted' };
    else if (order < deletes) lives[user] = { ...life, end: 'deleted' };
    else if (order < deletes + expiries) lives[user] = { ...life, end: 'expired' };
    else if (order < deletes + expiries + poisoned) {
      const number = order - deletes - expiries;
      const kind = poisonKinds[number % poisonKinds.length];
      const corrected = Math.floor(number / poisonKinds.length) % 2 === 0 && life.edits > 0;
      if (kind !== undefined) lives[user] = { ...life, poisoned: kind, corrected };
    }
  });
  return lives;
}

/** Four edits per user on average; the first users are hot. */
function assignEdits(users: number, random: SeededRandom): number[] {
  const edits = Array.from({ length: users }, () => 0);
  const total = users * 4;
  for (let edited = 0; edited < total; edited += 1) {
    const hot = random.chance(shareOfEditsOfHotUsers);
    const user = random.integer(0, (hot ? Math.min(hotUsers, users) : users) - 1);
    edits[user] = (edits[user] ?? 0) + 1;
  }
  return edits;
}

function writeLife(first: User, life: Life, random: SeededRandom): { writes: Write[]; moves: number } {
  const { id } = first;
  const writes: Write[] = [];
  let user = first;
  let moves = 0;
  let poisoned = life.poisoned;
  const insert = () => writes.push({ kind: 'put', id, item: toItem(user, poisoned) });
  const reinsertAfter = life.end === 'reinserted' ? random.integer(0, life.edits) : -1;
  const reinsert = () => {
    writes.push({ kind: 'delete', id });
    user = { ...newUser(Number(id.slice(-6)), random), email: user.email };
    insert();
  };

  insert();
  if (reinsertAfter === 0) reinsert();
  for (let count = 1; count <= life.edits; count += 1) {
    const moving = random.chance(0.3);
    if (moving) moves += 1;
    let set = moving ? move(user, random) : edit(random);
    if (poisoned !== undefined && life.corrected && count === life.edits) {
      set = { ...set, [poisoned]: set[poisoned] ?? user[poisoned] };
      poisoned = undefined;
    }
    user = { ...user, ...set };
    // Applications do both: some send what changed, some the whole item.
    if (random.chance(0.2)) insert();
    else writes.push({ kind: 'update', id, set: toItem(set, poisoned) });
    if (reinsertAfter === count) reinsert();
  }
  if (life.end === 'deleted') writes.push({ kind: 'delete', id });
  // Any moment in the past: the sweep deletes the item when it runs.
  if (life.end === 'expired') writes.push({ kind: 'update', id, set: { expiresAt: { N: '1767225600' } } });
  return { writes, moves };
}

/**
 * Users arrive throughout the run, the hot and the poisoned ones at its start, and write at random moments from then
 * on. A deletion follows the user's last edit at once, so that one who confuses their order has the chance.
 */
function interleave(
  users: readonly { readonly writes: readonly Write[]; readonly early: boolean }[],
  random: SeededRandom,
): Write[] {
  return users
    .flatMap(({ writes, early }) => {
      const arrival = early ? 0 : random.next() * 0.95;
      const moments = writes.map((_, at) => (at === 0 ? arrival : arrival + random.next() * (1 - arrival)));
      moments.sort((a, b) => a - b);
      return writes.map((write, at) => ({ write, moment: moments[write.kind === 'delete' ? at - 1 : at] ?? 1 }));
    })
    .sort((a, b) => a.moment - b.moment)
    .map(({ write }) => write);
}

/** Joins neighbours of different users into transactions of two to five until their share of the writes is reached. */
function groupIntoTransactions(writes: readonly Write[], random: SeededRandom): Step[] {
  const steps: Step[] = [];
  const meanSize = 3.5;
  let at = 0;
  while (at < writes.length) {
    const size = random.chance(shareInTransactions / (meanSize - shareInTransactions * (meanSize - 1)))
      ? random.integer(2, 5)
      : 1;
    const [first, ...others] = writes.slice(at, at + size);
    if (first === undefined) break;
    const step: [Write, ...Write[]] = [first];
    for (const write of others) {
      if (step.some(({ id }) => id === write.id)) break;
      step.push(write);
    }
    steps.push(step);
    at += step.length;
  }
  return steps;
}
