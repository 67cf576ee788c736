import { describe, expect, it } from 'vitest';
import { toImage } from '../testing/record-builder-item.ts';
import { entityOf } from './entity.ts';
import { ExactNumber } from './exact-number.ts';
import { readBoolean, readDecimal, readEpochSeconds, readString, readTimestamp } from './read-attribute.ts';
import type { EntityDefinition, TableDefinition } from './table-definition.ts';
import { validateAttributes } from './validate-attributes.ts';

describe('readers', () => {
  const image = toImage({
    name: 'Ada',
    n: new ExactNumber('1.50'),
    yes: true,
    none: null,
    at: '2026-01-31T10:00+02:00',
  });

  it('read their type', () => {
    expect(readString(image, 'name', 'newImage')).toBe('Ada');
    expect(readDecimal(image, 'n', 'newImage')).toBe('1.5');
    expect(readBoolean(image, 'yes', 'newImage')).toBe(true);
    expect(readTimestamp(image, 'at', 'newImage')).toBe(Date.UTC(2026, 0, 31, 8));
  });

  it('give undefined for an absent image, an absent attribute and NULL', () => {
    expect(readString(undefined, 'name', 'oldImage')).toBeUndefined();
    expect(readString(image, 'constructor', 'newImage')).toBeUndefined();
    expect(readString(image, 'none', 'newImage')).toBeUndefined();
  });

  it('name the field and never the value when the type is another', () => {
    expect(() => readDecimal(image, 'name', 'newImage')).toThrow(/^newImage\.name: is not a number$/);
    expect(() => readEpochSeconds(image, 'n', 'newImage')).toThrow(/^newImage\.n: is not a whole number/);
  });

  it.each([
    '2026-01-31',
    '2026-01-31T10:00:00',
    '2026-02-30T10:00:00Z',
    '31.01.2026',
    '2026-13-01T00:00:00Z',
  ])('refuse %s as a timestamp', (at) => {
    expect(() => readTimestamp(toImage({ at }), 'at', 'newImage')).toThrow(/ISO 8601 timestamp with a zone/);
  });
});

describe('a table of several entities', () => {
  const order: EntityDefinition = {
    name: 'order',
    match: { attribute: 'sk', prefix: 'ORDER#' },
    attributes: { total: { type: 'decimal', required: true }, note: { type: 'string' } },
  };
  const table: TableDefinition = {
    name: 'shop',
    partitionKey: { name: 'pk', type: 'N' },
    sortKey: { name: 'sk', type: 'S' },
    versionAttribute: '_v',
    tombstoneAttribute: '_deleted',
    entities: [order, { name: 'customer', match: { attribute: 'sk', prefix: 'CUSTOMER' }, attributes: {} }],
  };
  const check = (item: Parameters<typeof toImage>[0], names: readonly string[]) => () =>
    validateAttributes({ table, entity: order, image: toImage(item), names, path: 'newImage' });

  it('finds the entity of an item by its prefix', () => {
    expect(entityOf(table, toImage({ pk: 1, sk: 'ORDER#7' }))?.name).toBe('order');
    expect(entityOf(table, toImage({ pk: 1, sk: 'CUSTOMER' }))?.name).toBe('customer');
    expect(entityOf(table, toImage({ pk: 1, sk: 'OTHER' }))).toBeUndefined();
  });

  it('checks only what the consumer declares', () => {
    expect(check({ pk: 1, sk: 'ORDER#7', total: 5, note: 7 }, ['pk', 'total'])).not.toThrow();
    expect(check({ pk: 1, sk: 'ORDER#7', total: 5, note: 7 }, ['note'])).toThrow('newImage.note: is not a string');
  });

  it('misses required attributes and keys', () => {
    expect(check({ pk: 1, sk: 'ORDER#7' }, ['total'])).toThrow('newImage.total: is missing');
    expect(check({ sk: 'ORDER#7' }, ['pk'])).toThrow('newImage.pk: is missing');
  });

  it('tells a consumer that it reads what the table does not define', () => {
    expect(check({ pk: 1 }, ['totl'])).toThrow('entity order of table shop defines no attribute totl');
  });
});
