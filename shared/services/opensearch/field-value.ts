import { dateInterval } from './date-value.ts';

/** The types of fields that are supported here, of OpenSearch's many. */
export const fieldTypes = ['text', 'keyword', 'long', 'double', 'date', 'boolean'] as const;
export type FieldType = (typeof fieldTypes)[number];

/** What a field holds once parsed: dates are milliseconds since the epoch. */
export type FieldValue = string | number | boolean;

/**
 * The value as OpenSearch indexes it in a field of this type: texts are coerced to numbers, a long loses its fraction.
 * `null` is no value; `undefined` a value that OpenSearch refuses. Longs beyond 2^53 have a double's precision.
 */
export function parseFieldValue(type: FieldType, value: unknown): FieldValue | null | undefined {
  switch (type) {
    case 'text':
    case 'keyword':
      return typeof value === 'object' ? undefined : String(value);
    case 'long':
    case 'double':
      return value === '' ? null : parseNumber(type, value);
    case 'date':
      return dateInterval(value)?.from;
    case 'boolean':
      return value === '' ? false : parseBoolean(value);
    default:
      return type satisfies never;
  }
}

/** What a value in a query stands for, both ends included: one value, or for a date without a time its whole day. */
export interface Interval {
  readonly from: FieldValue;
  readonly to: FieldValue;
}

/** `undefined` for a value that OpenSearch refuses to compare with a field of this type. */
export function parseOperand(type: FieldType, value: unknown): Interval | undefined {
  if (type === 'date') return dateInterval(value);
  // A long is compared with 1.5 as it is: nothing equals it, and what is above it starts at 2.
  const isNumber = type === 'long' || type === 'double';
  const parsed = isNumber
    ? parseDecimal(value)
    : type === 'boolean'
      ? parseBoolean(value)
      : parseFieldValue(type, value);
  return parsed === undefined || parsed === null ? undefined : { from: parsed, to: parsed };
}

/** The type that dynamic mapping gives a first value. (OpenSearch makes a `float` of what is a `double` here.) */
export function dynamicTypeOf(value: unknown): FieldType {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'long' : 'double';
  return typeof value === 'string' && looksLikeDate.test(value) && dateInterval(value) !== undefined ? 'date' : 'text';
}

/** Date detection skips plain years: "2024" stays a text. */
const looksLikeDate = /^\d{4}-\d{2}/;

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function parseNumber(type: 'long' | 'double', value: unknown): number | undefined {
  const number = parseDecimal(type === 'double' && typeof value === 'string' ? value.trim() : value);
  if (type === 'double' || number === undefined) return number;
  return Math.abs(number) > 2 ** 63 ? undefined : Math.trunc(number);
}

function parseDecimal(value: unknown): number | undefined {
  if (typeof value === 'string' ? !decimal.test(value) : typeof value !== 'number') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

function parseBoolean(value: unknown): boolean | undefined {
  if (value === true || value === 'true') return true;
  return value === false || value === 'false' ? false : undefined;
}
