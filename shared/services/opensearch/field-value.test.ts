import { describe, expect, it } from 'vitest';
import { parseFieldValue, parseOperand } from './field-value.ts';

const ms = (text: string) => Date.parse(text);

// Each row was compared with OpenSearch 2.19.
describe('parseFieldValue', () => {
  it.each([
    ['long', '1.9', 1],
    ['long', -2.7, -2],
    ['long', '', null],
    ['long', ' 7 ', undefined],
    ['long', '0x10', undefined],
    ['long', 1e300, undefined],
    ['double', ' 7 ', 7],
    ['double', '1e3', 1000],
    ['double', 'NaN', undefined],
    ['boolean', 'true', true],
    ['boolean', '', false],
    ['boolean', 0, undefined],
    ['keyword', true, 'true'],
    ['text', { a: 1 }, undefined],
    ['date', '2024', ms('2024-01-01T00:00:00Z')],
    ['date', '2024-01-02T03', ms('2024-01-02T03:00:00Z')],
    ['date', '2024-01-02T03:04:05.123456789Z', ms('2024-01-02T03:04:05.123Z')],
    ['date', '2024-01-02T03:04:05+0230', ms('2024-01-02T00:34:05Z')],
    ['date', '2024-02-30', undefined],
    ['date', '2024-01-02T24:00:00Z', undefined],
    ['date', '2024-01-02 03:04', undefined],
    ['date', '1704067200000', 1704067200000],
    ['date', -2.7, -3],
  ] as const)('%s reads %j as %j', (type, written, read) => {
    expect(parseFieldValue(type, written)).toBe(read);
  });
});

describe('parseOperand', () => {
  it('takes a date without time for its whole day', () => {
    const day = { from: ms('2024-01-02T00:00:00.000Z'), to: ms('2024-01-02T23:59:59.999Z') };
    expect(parseOperand('date', '2024-01-02')).toEqual(day);
  });

  it('takes a month for its first day, as OpenSearch does', () => {
    const day = { from: ms('2024-02-01T00:00:00.000Z'), to: ms('2024-02-01T23:59:59.999Z') };
    expect(parseOperand('date', '2024-02')).toEqual(day);
  });

  it('compares a long with a fraction as it is', () => {
    expect(parseOperand('long', 1.5)).toEqual({ from: 1.5, to: 1.5 });
  });
});
