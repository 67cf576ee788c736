import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalTexts } from '../testing/arbitraries.ts';
import { addDecimals, canonicalDecimal, compareDecimals, isZeroDecimal, negateDecimal } from './decimal.ts';

describe('decimal', () => {
  it('keeps the value: canonical text equals the number it came from', () => {
    fc.assert(fc.property(decimalTexts, (text) => scaled(canonicalDecimal(text) ?? '') === scaled(text)));
  });

  it('gives equal numbers one text, and different numbers different ones', () => {
    fc.assert(
      fc.property(decimalTexts, decimalTexts, (a, b) => {
        expect(canonicalDecimal(a) === canonicalDecimal(b)).toBe(scaled(a) === scaled(b));
      }),
    );
  });

  it('adds exactly, or refuses what no DynamoDB number can hold', () => {
    fc.assert(
      fc.property(decimalTexts, decimalTexts, (a, b) => {
        const sum = scaled(a) + scaled(b);
        if (significantDigits(sum) > 38) expect(() => addDecimals(a, b)).toThrow(RangeError);
        else expect(scaled(addDecimals(a, b))).toBe(sum);
      }),
    );
  });

  it('orders, negates and finds zero as integers do', () => {
    fc.assert(
      fc.property(decimalTexts, decimalTexts, (a, b) => {
        expect(Math.sign(compareDecimals(a, b))).toBe(scaled(a) < scaled(b) ? -1 : scaled(a) > scaled(b) ? 1 : 0);
        expect(scaled(negateDecimal(a))).toBe(-scaled(a));
        expect(isZeroDecimal(a)).toBe(scaled(a) === 0n);
      }),
    );
  });

  it('accepts nothing that is not a number', () => {
    fc.assert(
      fc.property(fc.string(), (text) => canonicalDecimal(text) === undefined || Number.isFinite(Number(text))),
    );
  });
});

/** The number times 10^140, by other means than the code under test. */
function scaled(text: string): bigint {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace(/^[+-]/, '').split('.');
  const magnitude = BigInt(whole + fraction) * 10n ** BigInt(140 - fraction.length + Number(exponent));
  return mantissa.startsWith('-') ? -magnitude : magnitude;
}

function significantDigits(value: bigint): number {
  return `${value}`.replace('-', '').replace(/0+$/, '').length;
}
