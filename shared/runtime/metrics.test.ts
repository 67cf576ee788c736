import { expect, it } from 'vitest';
import { InvariantError } from '../batch/errors.ts';
import { catalogued, type Metrics, metricCatalogue } from './metrics.ts';

const nothing: Metrics = { add: () => {}, flush: () => {} };

it('nothing outside the catalogue can be emitted', () => {
  const metrics: { add(name: string, value: number): void } = catalogued(nothing);
  expect(() => metrics.add('RecordsApplied', 1)).not.toThrow();
  expect(() => metrics.add('RecordsImagined', 1)).toThrow(InvariantError);
  expect(() => metrics.add('toString', 1)).toThrow(InvariantError);
});

it('every metric says what it means', () => {
  for (const [name, { meaning }] of Object.entries(metricCatalogue)) expect(meaning, name).not.toBe('');
});
