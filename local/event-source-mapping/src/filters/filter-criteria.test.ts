import { describe, expect, it } from 'vitest';
import type { EventRecord } from '../event.ts';
import { inserts } from '../testing/scenario.ts';
import { compileFilterCriteria, filterCriteriaProblems } from './filter-criteria.ts';
import { matchFilter, validateFilter } from './match-filter.ts';

const [insert] = inserts(1, 1).map(({ record }): EventRecord => record);
const criteria = (...patterns: readonly string[]) => ({ Filters: patterns.map((Pattern) => ({ Pattern })) });
const dynamodb = { kind: 'dynamodb' } as const;

describe('filter criteria', () => {
  it('[filters-ored] one matching filter of several is enough', () => {
    const filter = compileFilterCriteria(criteria('{"eventName":["REMOVE"]}', '{"eventName":["INSERT"]}'), dynamodb);
    const other = compileFilterCriteria(criteria('{"eventName":["REMOVE"]}', '{"eventName":["MODIFY"]}'), dynamodb);
    expect(insert && [filter?.(insert), other?.(insert)]).toEqual([true, false]);
  });

  it('[filters-empty-list] an empty list of filters is no criteria', () => {
    expect(filterCriteriaProblems({ Filters: [] }, dynamodb)).toEqual([]);
    expect(compileFilterCriteria({ Filters: [] }, dynamodb)).toBeUndefined();
    expect(compileFilterCriteria(undefined, dynamodb)).toBeUndefined();
  });

  it('[filter-quota] five filters are allowed, and up to ten by a raised quota', () => {
    const six = criteria(...Array.from({ length: 6 }, () => '{"eventName":["INSERT"]}'));
    expect(filterCriteriaProblems({ Filters: six.Filters.slice(1) }, dynamodb)).toEqual([]);
    expect(filterCriteriaProblems(six, dynamodb)).toHaveLength(1);
    expect(filterCriteriaProblems(six, { ...dynamodb, maximumFilters: 10 })).toEqual([]);
  });

  it('[filter-pattern-length] a pattern has at most 4096 characters', () => {
    const ofLength = (length: number) => `{"eventName":["${'x'.repeat(length - 18)}"]}`;
    expect(filterCriteriaProblems(criteria(ofLength(4096)), dynamodb)).toEqual([]);
    expect(filterCriteriaProblems(criteria(ofLength(4097)), dynamodb)[0]?.message).toContain(
      "at 'filterCriteria.filters.1.member.pattern' failed to satisfy constraint: Member must have length less than",
    );
  });

  it('[filter-refused-words] a bad pattern is refused in the words of AWS, with the reason', () => {
    expect(validateFilter('{"eventName":[{"begins":"I"}]}')).toEqual({
      message: 'Invalid filter pattern definition.',
      reason: 'eventName uses the operator begins, which does not exist.',
    });
    expect(filterCriteriaProblems(criteria('{"a":["x"]}', '{"a":"x"}'), dynamodb)).toEqual([
      { message: 'Invalid filter pattern definition.', reason: 'Filter 2: a is neither an object nor a list.' },
    ]);
    expect(filterCriteriaProblems({ Filters: [{}] }, dynamodb)).toHaveLength(1);
  });

  it('refuses a pattern nested too deep to read', () => {
    expect(validateFilter(`${'{"a":'.repeat(5000)}["x"]${'}'.repeat(5000)}`)?.reason).toContain('1000 levels');
  });
});

describe('operators that Lambda does not list', () => {
  it.each([
    ['wildcard', { wildcard: 'IN*T' }, { wildcard: 'X*' }],
    ['exactly', { exactly: 'INSERT' }, { exactly: 'insert' }],
    ['a nested prefix', { 'anything-but': { prefix: 'RE' } }, { 'anything-but': { prefix: 'IN' } }],
    ['a nested suffix', { 'anything-but': { suffix: 'VE' } }, { 'anything-but': { suffix: 'RT' } }],
    [
      'nested case',
      { 'anything-but': { 'equals-ignore-case': ['x'] } },
      { 'anything-but': { 'equals-ignore-case': 'insert' } },
    ],
    ['a nested wildcard', { 'anything-but': { wildcard: 'R*' } }, { 'anything-but': { wildcard: '*SE*' } }],
  ])('[filter-undocumented-operators] %s is refused, unless the option admits it', (_name, good, bad) => {
    const pattern = (test: object) => JSON.stringify({ eventName: [test] });
    expect(validateFilter(pattern(good))?.reason).toContain('filter rules do not list');
    const undocumentedOperators = true;
    expect(insert && matchFilter(pattern(good), insert, { undocumentedOperators })).toBe(true);
    expect(insert && matchFilter(pattern(bad), insert, { undocumentedOperators })).toBe(false);
  });

  it('[filter-undocumented-operators] cidr holds for addresses of the network', () => {
    const passes = (text: string, cidr: string) =>
      insert !== undefined &&
      matchFilter(JSON.stringify({ eventName: [{ cidr }] }), { ...insert, eventName: text } as EventRecord, {
        undocumentedOperators: true,
      });
    expect(passes('10.1.2.3', '10.0.0.0/8')).toBe(true);
    expect(passes('11.1.2.3', '10.0.0.0/8')).toBe(false);
    expect(() => passes('10.1.2.3', '10.0.0.0/40')).toThrow('Invalid filter pattern definition.');
  });
});
