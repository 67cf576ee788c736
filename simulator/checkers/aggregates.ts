import { toScaled } from './exact-decimal.ts';
import { type Finding, type Item, isTombstone, type ObservedRegion } from './observed.ts';

interface Total {
  readonly name: string;
  readonly attribute: string;
  /** Characters of the attribute's text that make the group: a day is 10 of an instant's, a minute 16. */
  readonly length?: number;
  readonly sums: boolean;
  readonly activeOnly: boolean;
}

/** The totals of the users table, written down a second time. */
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

/** The counters, added up over their slices, equal a recount of the table. */
export function checkAggregates({ name, users, counters }: ObservedRegion): Finding[] {
  const expected = recount(users.filter((user) => !isTombstone(user)));
  const found = addSlices(counters);
  const findings: Finding[] = [];
  for (const key of new Set([...expected.keys(), ...found.keys()])) {
    const should = expected.get(key) ?? { count: 0n, sum: 0n };
    const is = found.get(key) ?? { count: 0n, sum: 0n };
    const what = `${name}: ${key} counts ${is.count} instead of ${should.count}`;
    if (is.count < should.count) findings.push({ consumer: 'aggregates', kind: 'lost', what });
    else if (is.count > should.count) findings.push({ consumer: 'aggregates', kind: 'doubled', what });
    else if (is.sum !== should.sum) {
      findings.push({ consumer: 'aggregates', kind: 'diverged', what: `${name}: the sum of ${key} is another` });
    }
  }
  return findings;
}

function recount(users: readonly Item[]): Map<string, Counter> {
  const counters = new Map<string, Counter>();
  for (const user of users) {
    for (const total of totals) {
      const group = groupOf(user, total);
      if (group === undefined) continue;
      const sums = total.sums && group.valid;
      add(counters, nameOf(total.name, group), { count: 1n, sum: sums ? toScaled(user.balance?.N ?? '0') : 0n });
    }
  }
  return counters;
}

interface Group {
  readonly valid: boolean;
  readonly value: string;
}

/** An item without the attribute is in no group; one that cannot be grouped or added is in `invalid`. */
function groupOf(user: Item, { attribute, length, sums, activeOnly }: Total): Group | undefined {
  if (activeOnly && user.status?.S !== 'active') return undefined;
  const value = user[attribute];
  if (value === undefined) return undefined;
  const canBeAdded = !sums || user.balance === undefined || user.balance.N !== undefined;
  if (value.S === undefined || !canBeAdded) return { valid: false, value: 'invalid' };
  return { valid: true, value: value.S.slice(0, length) };
}

function nameOf(total: string, group: Group): string {
  return group.valid ? `${total} of ${group.value}` : `${total}, invalid`;
}

/**
 * Rows are keyed `<total>#<slice>` and the group's value, or `<total>#invalid#<slice>`; of a generation after the first
 * `<total>@<generation>#...`, and a row tells which one readers add up.
 */
function addSlices(rows: readonly Item[]): Map<string, Counter> {
  const counters = new Map<string, Counter>();
  const readers = rows.find(({ slice }) => slice?.S === 'generation')?.generation?.N ?? '1';
  for (const row of rows) {
    const [named = '', kind] = (row.slice?.S ?? '').split('#');
    const [total = '', generation = '1'] = named.split('@');
    if (named === 'generation' || generation !== readers) continue;
    const name = nameOf(total, { valid: kind !== 'invalid', value: row.group?.S ?? '' });
    add(counters, name, { count: BigInt(row.count?.N ?? '0'), sum: toScaled(row.sum?.N ?? '0') });
  }
  return counters;
}

function add(counters: Map<string, Counter>, name: string, { count, sum }: Counter): void {
  const counter = counters.get(name) ?? { count: 0n, sum: 0n };
  counters.set(name, { count: counter.count + count, sum: counter.sum + sum });
}
