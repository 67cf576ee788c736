import { describe, expect, it } from 'vitest';
import { FatalConfigError } from '../../batch/errors.ts';
import type { Change } from '../../change/change.ts';
import { ExactNumber } from '../../change/exact-number.ts';
import { parseStreamRecord } from '../../change/from-stream.ts';
import { InvalidRecordError } from '../../change/invalid-record.ts';
import { accountsTable, byCountry } from '../../testing/aggregates-world.ts';
import { type StreamRecord, streamRecords } from '../../testing/record-builder.ts';
import { aggregateEffects } from './effects.ts';
import type { TotalDefinition } from './total-definition.ts';

const build = streamRecords();
const parse = (record: StreamRecord): Change => parseStreamRecord(record, { region: 'eu-central-1', shardId: 's' });
const effectsOf = (...totals: TotalDefinition[]) => aggregateEffects({ table: accountsTable, totals });
const byDay: TotalDefinition = { name: 'by-day', entity: 'account', by: { attribute: 'openedAt', per: 'day' } };
const byMinute: TotalDefinition = { ...byDay, name: 'by-minute', by: { attribute: 'openedAt', per: 'minute' } };
const active: TotalDefinition = {
  name: 'active-by-country',
  entity: 'account',
  by: { attribute: 'country' },
  where: { attribute: 'status', equals: 'active' },
};
const value = (text: string) => ({ kind: 'value', value: text });
const invalid = { kind: 'invalid' };
const german = { id: 'a', country: 'DE', balance: new ExactNumber('12345678901234567890.25'), status: 'active' };

describe('aggregateEffects', () => {
  it('adds an insert, and takes a removal and an expiry away', () => {
    const delta = { total: 'by-country', group: value('DE') };
    expect(effectsOf(byCountry)(parse(build.insert(german)))).toEqual([
      { ...delta, count: 1, sum: '12345678901234567890.25' },
    ]);
    const gone = [{ ...delta, count: -1, sum: '-12345678901234567890.25' }];
    expect(effectsOf(byCountry)(parse(build.remove(german)))).toEqual(gone);
    expect(effectsOf(byCountry)(parse(build.expire(german)))).toEqual(gone);
  });

  it('moves an item between groups, and a change of the amount alone changes the sum alone', () => {
    const french = { ...german, country: 'FR', balance: 3 };
    expect(effectsOf(byCountry)(parse(build.modify({ ...german, balance: 1 }, french)))).toEqual([
      { total: 'by-country', group: value('DE'), count: -1, sum: '-1' },
      { total: 'by-country', group: value('FR'), count: 1, sum: '3' },
    ]);
    expect(effectsOf(byCountry)(parse(build.modify({ ...french, balance: 1 }, french)))).toEqual([
      { total: 'by-country', group: value('FR'), count: 0, sum: '2' },
    ]);
  });

  it('has nothing for a change of other attributes', () => {
    expect(effectsOf(byCountry)(parse(build.modify(german, { ...german, status: 'closed' })))).toBeUndefined();
  });

  it('counts an item in a filtered total while its attribute has the value', () => {
    const closed = { ...german, status: 'closed' };
    expect(effectsOf(active)(parse(build.modify(german, closed)))).toMatchObject([{ count: -1 }]);
    expect(effectsOf(active)(parse(build.insert(closed)))).toBeUndefined();
  });

  it('groups by day and minute of an instant in UTC', () => {
    const opened = { id: 'a', openedAt: '2026-02-28T23:59:59.999Z' };
    expect(effectsOf(byDay, byMinute)(parse(build.insert(opened)))).toMatchObject([
      { total: 'by-day', group: value('2026-02-28') },
      { total: 'by-minute', group: value('2026-02-28T23:59') },
    ]);
  });

  it('leaves an item without the attribute out of the groups, and adds nothing for one without an amount', () => {
    expect(effectsOf(byCountry)(parse(build.insert({ id: 'a', balance: 1 })))).toBeUndefined();
    expect(effectsOf(byCountry)(parse(build.insert({ id: 'a', country: 'DE' })))).toMatchObject([
      { count: 1, sum: '0' },
    ]);
  });

  it.each([
    { description: 'a group of another type', item: { country: 5 } },
    { description: 'an empty group', item: { country: '' } },
    { description: 'a group longer than a sort key', item: { country: 'ä'.repeat(513) } },
    { description: 'an amount of another type', item: { country: 'DE', balance: 'much' } },
    { description: 'an amount of more than 20 digits', item: { country: 'DE', balance: new ExactNumber('1E+20') } },
    { description: 'an amount of more than 8 decimals', item: { country: 'DE', balance: new ExactNumber('1E-9') } },
  ])('counts $description as invalid', ({ item }) => {
    const deltas = effectsOf(byCountry)(parse(build.insert({ id: 'a', ...item })));
    expect(deltas).toEqual([{ total: 'by-country', group: invalid, count: 1 }]);
  });

  it.each([
    '2026-02-28T23:59:59+02:00',
    '2026-02-30T00:00:00Z',
    'yesterday',
  ])('counts the day of %s as invalid', (text) => {
    expect(effectsOf(byDay)(parse(build.insert({ id: 'a', openedAt: text })))).toMatchObject([{ group: invalid }]);
  });

  it('takes a country called invalid for a country', () => {
    const deltas = effectsOf(byCountry)(parse(build.insert({ id: 'a', country: 'invalid' })));
    expect(deltas).toMatchObject([{ group: value('invalid') }]);
  });

  it('counts the items of its entity only', () => {
    const table = {
      ...accountsTable,
      entities: accountsTable.entities.map((entity) => ({ ...entity, match: { attribute: 'id', prefix: 'account/' } })),
    };
    const effects = aggregateEffects({ table, totals: [byCountry] });
    expect(effects(parse(build.insert({ id: 'order/1', country: 'DE' })))).toBeUndefined();
    expect(effects(parse(build.insert({ id: 'account/1', country: 'DE' })))).toHaveLength(1);
  });

  it('refuses what is no change of the stream', () => {
    const change = parse(build.insert(german));
    expect(() => effectsOf(byCountry)({ ...change, source: 'kinesis' })).toThrow(InvalidRecordError);
    expect(() => effectsOf(byCountry)({ ...change, op: 'snapshot' })).toThrow(InvalidRecordError);
  });

  it.each([
    { description: 'two totals of one name', totals: [byCountry, byCountry], message: 'another total' },
    { description: 'a name with #', totals: [{ ...byCountry, name: 'a#b' }], message: 'its name must be' },
    { description: 'an unknown entity', totals: [{ ...byCountry, entity: 'order' }], message: 'no entity "order"' },
    { description: 'a sum of text', totals: [{ ...byCountry, sum: 'status' }], message: '"status" of "account" must' },
    {
      description: 'too many',
      totals: Array.from({ length: 49 }, (_, n) => ({ ...byCountry, name: `t${n}` })),
      message: 'at most 24',
    },
  ])('refuses totals with $description', ({ totals, message }) => {
    expect(() => effectsOf(...totals)).toThrow(FatalConfigError);
    expect(() => effectsOf(...totals)).toThrow(message);
  });
});
