import type { Branch } from './filter-pattern.ts';
import type { LeafTest } from './leaf-test.ts';
import type { Leaf, Leaves, Membership } from './leaves.ts';

type Condition = readonly [path: string, tests: readonly LeafTest[]];

/** Whether one leaf can be found for every condition of the branch such that all lie in the same array elements. */
export function matchesBranch(branch: Branch, leaves: Leaves): boolean {
  return matchesFrom([...branch], leaves, new Map());
}

/** The order of the conditions counts: whether a leaf is absent depends on the elements chosen before. */
function matchesFrom([first, ...rest]: readonly Condition[], leaves: Leaves, chosen: Membership): boolean {
  if (!first) return true;
  const [path, tests] = first;
  const reachable = (leaves.get(path) ?? []).filter(({ membership }) => isConsistent(chosen, membership));
  if (reachable.length === 0) return tests.some(({ kind }) => kind === 'absent') && matchesFrom(rest, leaves, chosen);
  return reachable.some((leaf) => holds(tests, leaf) && matchesFrom(rest, leaves, joined(chosen, leaf.membership)));
}

function holds(tests: readonly LeafTest[], { value }: Leaf): boolean {
  return tests.some((each) => each.kind === 'value' && each.test(value));
}

function isConsistent(chosen: Membership, membership: Membership): boolean {
  for (const [array, element] of membership) {
    if ((chosen.get(array) ?? element) !== element) return false;
  }
  return true;
}

function joined(chosen: Membership, membership: Membership): Membership {
  return membership.size === 0 ? chosen : new Map([...chosen, ...membership]);
}
