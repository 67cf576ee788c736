import { describe, expect, it } from 'vitest';
import { checkAggregates } from './aggregates.ts';
import type { StoredItem } from './stored.ts';

const user = (country: StoredItem[string], balance: StoredItem[string], status = 'active'): StoredItem => ({
  id: { S: 'u' },
  country,
  plan: { S: 'free' },
  status: { S: status },
  balance,
  createdAt: { S: '2026-03-01T10:20:30.000Z' },
});
const row = (slice: string, group: string, count: number, sum?: string): StoredItem => ({
  slice: { S: slice },
  group: { S: group },
  count: { N: String(count) },
  ...(sum === undefined ? {} : { sum: { N: sum } }),
});
const users = [user({ S: 'DE' }, { N: '0.1' }), user({ S: 'DE' }, { N: '12345678901234567890.2' }, 'invited')];
const sum = '12345678901234567890.3';
const counters = [
  row('users-by-country#0', 'DE', 3, '12345678901234567891.3'),
  row('users-by-country#5', 'DE', -1, '-1'),
  row('users-by-country#5', 'FR', 0, '0'),
  row('users-by-plan#0', 'free', 2, sum),
  row('users-by-day#0', '2026-03-01', 2, sum),
  row('users-by-minute#0', '2026-03-01T10:20', 2, sum),
  row('active-users-by-country#0', 'DE', 1),
];
const plan = 3;
const withPlan = (count: number, added = '0') =>
  counters.with(plan, row('users-by-plan#0', 'free', count, added === '0' ? sum : added));

describe('checkAggregates', () => {
  it('finds nothing where the slices add up to a recount, exactly and beyond a double', () => {
    expect(checkAggregates({ users, counters })).toMatchObject({
      ...{ expected: 5, found: 5, lost: 0, doubled: 0, diverged: 0, unaccounted: 0 },
    });
  });

  it.each([
    { what: 'a count that is too small as lost', wrong: withPlan(1), finding: { lost: 1, doubled: 0, diverged: 0 } },
    { what: 'a count that is too large as doubled', wrong: withPlan(4), finding: { lost: 0, doubled: 2, diverged: 0 } },
    {
      what: 'a sum that differs in its twentieth digit as diverged',
      wrong: withPlan(2, '12345678901234567890.4'),
      finding: { lost: 0, doubled: 0, diverged: 1 },
    },
    {
      what: 'a counter of a group that no item is in as doubled',
      wrong: [...counters, row('users-by-plan#1', 'team', 1, '5')],
      finding: { lost: 0, doubled: 1, diverged: 0 },
    },
    { what: 'a missing row as lost', wrong: counters.slice(0, -1), finding: { lost: 1, doubled: 0, diverged: 0 } },
    {
      what: 'a user left in one group and missing in another as both',
      wrong: [...counters.slice(0, -1), row('active-users-by-country#0', 'FR', 1)],
      finding: { lost: 1, doubled: 1, diverged: 0 },
    },
  ])('reports $what', ({ wrong, finding }) => {
    expect(checkAggregates({ users, counters: wrong })).toMatchObject(finding);
  });

  it('expects users with an attribute of a wrong type in the group of the invalid', () => {
    const poisoned = [user({ N: '49' }, { N: '1' }), user({ S: 'DE' }, { S: 'much' })];
    const finding = checkAggregates({
      users: poisoned,
      counters: [
        row('users-by-country#invalid#3', 'invalid', 2),
        row('users-by-plan#invalid#3', 'invalid', 1),
        row('users-by-plan#3', 'free', 1, '1'),
        row('users-by-day#invalid#3', 'invalid', 1),
        row('users-by-day#3', '2026-03-01', 1, '1'),
        row('users-by-minute#invalid#3', 'invalid', 1),
        row('users-by-minute#3', '2026-03-01T10:20', 1, '1'),
        row('active-users-by-country#invalid#3', 'invalid', 1),
        row('active-users-by-country#3', 'DE', 1),
      ],
    });
    expect(finding).toMatchObject({ expected: 9, lost: 0, doubled: 0, diverged: 0, examples: [] });
  });
});
