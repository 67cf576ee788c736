/**
 * Recounts the users table and compares it with the stored counters, added up over their slices.
 *
 * Attribution: a change that was not counted leaves a count too small in the group the user came into and too large in
 * the group it left, one counted twice the other way round, so a single counter cannot tell. What a count lacks is
 * reported as lost, what it has too much as doubled, an exact sum that differs while its count agrees as diverged: no
 * difference is reported twice, and none can cancel another.
 */
import { toScaled, toText } from './exact-sum.ts';
import { createFinding, type Finding } from './finding.ts';
import type { StoredItem } from './stored.ts';

interface Total {
  readonly name: string;
  readonly attribute: string;
  /** Characters of the attribute's text that make the group: a day is 10 of an instant's, a minute 16. */
  readonly length?: number;
  readonly sums: boolean;
  readonly activeOnly: boolean;
}

const totals: readonly Total[] = [
  { name: 'users-by-country', attribute: 'country', sums: true, activeOnly: false },
  { name: 'users-by-plan', attribute: 'plan', sums: true, activeOnly: false },
  { name: 'users-by-day', attribute: 'createdAt', length: 10, sums: true, activeOnly: false },
  { name: 'users-by-minute', attribute: 'createdAt', length: 16, sums: true, activeOnly: false },
  { name: 'active-users-by-country', attribute: 'country', sums: false, activeOnly: true },
];

interface Counter {
  count: bigint;
  sum: bigint;
}

/** @param state all items of the users table and all rows of the counters table */
export function checkAggregates(state: { users: readonly StoredItem[]; counters: readonly StoredItem[] }): Finding {
  const expected = recount(state.users);
  const found = addSlices(state.counters);
  const finding = createFinding('aggregates', 'counters');
  for (const key of new Set([...expected.keys(), ...found.keys()])) {
    const should = expected.get(key) ?? { count: 0n, sum: 0n };
    const is = found.get(key) ?? { count: 0n, sum: 0n };
    const difference = is.count - should.count;
    const counts = `${key} counts ${is.count} instead of ${should.count}`;
    if (difference < 0n) finding.add('lost', counts, Number(-difference));
    else if (difference > 0n) finding.add('doubled', counts, Number(difference));
    else if (is.sum !== should.sum) {
      finding.add('diverged', `${key} adds up to ${toText(is.sum)} instead of ${toText(should.sum)}`);
    }
  }
  const nonZero = [...found.values()].filter(({ count, sum }) => count !== 0n || sum !== 0n);
  return finding.finish({
    expected: expected.size,
    found: nonZero.length,
    details: { users: state.users.length, counterRows: state.counters.length },
  });
}

function recount(users: readonly StoredItem[]): Map<string, Counter> {
  const counters = new Map<string, Counter>();
  for (const user of users) {
    for (const total of totals) {
      if (total.activeOnly && user.status?.S !== 'active') continue;
      const group = groupOf(user, total);
      if (group === undefined) continue;
      const sums = total.sums && group.valid && user.balance?.N !== undefined;
      add(counters, counterName(total.name, group), { count: 1n, sum: sums ? toScaled(user.balance?.N ?? '0') : 0n });
    }
  }
  return counters;
}

interface Group {
  readonly valid: boolean;
  readonly value: string;
}

/** An item without the attribute is in no group; one that cannot be grouped or added is in `invalid`. */
function groupOf(user: StoredItem, { attribute, length, sums }: Total): Group | undefined {
  const value = user[attribute];
  if (value === undefined) return undefined;
  const summable = !sums || user.balance === undefined || user.balance.N !== undefined;
  if (value.S === undefined || !summable) return { valid: false, value: 'invalid' };
  return { valid: true, value: value.S.slice(0, length) };
}

function counterName(total: string, group: Group): string {
  return group.valid ? `${total} of ${group.value}` : `${total}, invalid`;
}

/** Rows are keyed `<total>#<slice>` and the group's value, or `<total>#invalid#<slice>`. */
function addSlices(rows: readonly StoredItem[]): Map<string, Counter> {
  const counters = new Map<string, Counter>();
  for (const row of rows) {
    const [total = '', kind] = (row.slice?.S ?? '').split('#');
    const name = counterName(total, { valid: kind !== 'invalid', value: row.group?.S ?? '' });
    add(counters, name, { count: BigInt(row.count?.N ?? '0'), sum: toScaled(row.sum?.N ?? '0') });
  }
  return counters;
}

function add(counters: Map<string, Counter>, name: string, { count, sum }: Counter): void {
  const counter = counters.get(name) ?? { count: 0n, sum: 0n };
  counters.set(name, { count: counter.count + count, sum: counter.sum + sum });
}
