import { describe, expect, it } from 'vitest';
import { addDecimals, canonicalDecimal } from './decimal.ts';

describe('canonicalDecimal', () => {
  it.each([
    ['0012.500', '12.5'],
    ['-0.0', '0'],
    ['+.5', '0.5'],
    ['1.', '1'],
    ['1.20E+3', '1200'],
    ['12e-4', '0.0012'],
    ['12345678901234567890123456789012345678', '12345678901234567890123456789012345678'],
    ['1E125', `1${'0'.repeat(125)}`],
    ['1E-130', `0.${'0'.repeat(129)}1`],
  ])('writes %s as %s', (text, canonical) => {
    expect(canonicalDecimal(text)).toBe(canonical);
  });

  it.each([
    '',
    '.',
    '-',
    '1e',
    'NaN',
    'Infinity',
    '0x10',
    ' 1',
    '1,5',
    '1E126',
    '1E-131',
    `1${'0'.repeat(37)}1`,
  ])('refuses %j, as DynamoDB does', (text) => {
    expect(canonicalDecimal(text)).toBeUndefined();
  });
});

describe('addDecimals', () => {
  it('keeps the 38th digit, which floating point loses', () => {
    expect(addDecimals('99999999999999999999.999999999999999999', '-0.000000000000000001')).toBe(
      '99999999999999999999.999999999999999998',
    );
  });

  it('refuses a sum of more than 38 digits instead of rounding it', () => {
    expect(() => addDecimals('1E37', '0.1')).toThrow(/more digits than a DynamoDB number has/);
  });
});
