import { describe, expect, it } from 'vitest';
import { toScaled, toText } from './exact-sum.ts';

describe('exact sum', () => {
  it.each([
    ['0.1', '0.2', '0.3'],
    ['99999999999999999999.99', '0.01', '100000000000000000000'],
    ['-5', '0.5', '-4.5'],
    ['1.5E+3', '-1.5e3', '0'],
  ])('adds %s and %s to %s', (a, b, total) => {
    expect(toText(toScaled(a) + toScaled(b))).toBe(total);
  });

  it('refuses what is no number', () => {
    expect(() => toScaled('much')).toThrow('"much" is not a decimal number');
  });
});
