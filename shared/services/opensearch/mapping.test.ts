import { describe, expect, it } from 'vitest';
import { Mapping } from './mapping.ts';

describe('Mapping', () => {
  it('gives first values the types that OpenSearch gives them', () => {
    const mapping = new Mapping();
    const values = mapping.valuesOf('1', {
      text: 'Hello World',
      whole: 3,
      fraction: 1.5,
      flag: true,
      day: '2024-01-02',
      year: '2024',
      nested: { list: [1, [2, null]] },
      nothing: null,
      empty: [],
    });
    expect(mapping.toJSON()).toEqual({
      properties: {
        text: { type: 'text', fields: { keyword: { type: 'keyword', ignore_above: 256 } } },
        whole: { type: 'long' },
        fraction: { type: 'double' },
        flag: { type: 'boolean' },
        day: { type: 'date' },
        year: { type: 'text', fields: { keyword: { type: 'keyword', ignore_above: 256 } } },
        nested: { properties: { list: { type: 'long' } } },
      },
    });
    expect(values.get('text.keyword')).toEqual(['Hello World']);
    expect(values.get('day')).toEqual([Date.UTC(2024, 0, 2)]);
    expect(values.get('nested.list')).toEqual([1, 2]);
  });

  it('has no keyword for a text above ignore_above', () => {
    const values = new Mapping().valuesOf('1', { text: 'x'.repeat(257) });
    expect([...values.keys()]).toEqual(['text']);
  });

  it('lets objects take undeclared fields only where the object around them does', () => {
    const mapping = new Mapping({
      dynamic: false,
      properties: { address: { properties: { city: { type: 'keyword' } } } },
    });
    expect([...mapping.valuesOf('1', { address: { city: 'Rome', floor: 3 } }).keys()]).toEqual(['address.city']);
    expect(mapping.toJSON()).toEqual({
      dynamic: 'false',
      properties: { address: { properties: { city: { type: 'keyword' } } } },
    });
  });

  it('reads dotted names as nested objects', () => {
    const mapping = new Mapping();
    mapping.valuesOf('1', { 'address.city': 'Paris' });
    expect(mapping.valuesOf('2', { address: { city: 'Rome' } }).get('address.city')).toEqual(['Rome']);
  });

  it('leaves no field behind from a document that it refuses', () => {
    const mapping = new Mapping({ properties: { age: { type: 'long' } } });
    expect(() => mapping.valuesOf('1', { fresh: 'x', age: 'abc' })).toThrow(
      'failed to parse field [age] of type [long]',
    );
    expect(mapping.typeOf('fresh')).toBeUndefined();
  });

  it('refuses undeclared fields when strict and ignores them when dynamic is false', () => {
    expect(() => new Mapping({ dynamic: 'strict' }).valuesOf('1', { fresh: 1 })).toThrow(
      'mapping set to strict, dynamic introduction of [fresh] within [_doc] is not allowed',
    );
    expect(new Mapping({ dynamic: false }).valuesOf('1', { fresh: 1 }).size).toBe(0);
  });

  it('takes anything into an object that is not enabled', () => {
    const mapping = new Mapping({ properties: { free: { type: 'object', enabled: false } } });
    expect(mapping.valuesOf('1', { free: 'text' }).size).toBe(0);
    expect(mapping.valuesOf('2', { free: { a: 1 } }).size).toBe(0);
  });

  it('refuses an object in a field and a value in an object', () => {
    const mapping = new Mapping({
      properties: { name: { type: 'text' }, home: { properties: { city: { type: 'text' } } } },
    });
    expect(() => mapping.valuesOf('1', { name: { first: 'x' } })).toThrow(
      'failed to parse field [name] of type [text]',
    );
    expect(() => mapping.valuesOf('1', { home: 'x' })).toThrow('object mapping for [home] tried to parse field [home]');
  });

  it('refuses declarations that it would not obey', () => {
    expect(() => new Mapping({ properties: { x: { type: 'geo_point' } } })).toThrow(
      'No handler for type [geo_point] declared on field [x]',
    );
    expect(() => new Mapping({ properties: { x: { type: 'text', analyzer: 'german' } } })).toThrow(
      'unsupported parameters',
    );
  });
});
