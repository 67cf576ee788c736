/**
 * Exact arithmetic on DynamoDB numbers, which are decimal texts of up to 38 significant digits with a magnitude from
 * 1E-130 to 9.99...E+125. A `number` would keep 15 of those digits. Results are canonical: plain notation, no leading
 * or trailing zeros, zero without a sign; so equal numbers are equal texts.
 *
 * @see Amazon DynamoDB Developer Guide, "Supported data types and naming rules", Number
 */

const significantDigitsMax = 38;
const magnitudeMin = -130;
const magnitudeMax = 125;
/** What most numbers look like, and what they are written as already. */
const plain = /^-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/;
const syntax = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** coefficient x 10^exponent; the coefficient has no trailing zeros, zero has exponent 0. */
interface Parts {
  readonly coefficient: bigint;
  readonly exponent: number;
}

/** The one text that stands for this number, or `undefined` when DynamoDB would not take it as a number. */
export function canonicalDecimal(text: string): string | undefined {
  if (isPlain(text)) return text;
  const parts = parse(text);
  return parts && format(parts);
}

export function isDecimal(text: string): boolean {
  return isPlain(text) || parse(text) !== undefined;
}

/** @throws {RangeError} when an argument is no number, or the sum is outside of what DynamoDB can hold. */
export function addDecimals(a: string, b: string): string {
  const left = parseOrThrow(a);
  const right = parseOrThrow(b);
  const exponent = Math.min(left.exponent, right.exponent);
  const sum = normalise(scaleTo(left, exponent) + scaleTo(right, exponent), exponent);
  if (!isWithinLimits(sum)) throw new RangeError('the sum needs more digits than a DynamoDB number has');
  return format(sum);
}

/** @throws {RangeError} when the argument is no number. */
export function negateDecimal(text: string): string {
  const { coefficient, exponent } = parseOrThrow(text);
  return format({ coefficient: -coefficient, exponent });
}

/** Negative when `a` is less than `b`. @throws {RangeError} when an argument is no number. */
export function compareDecimals(a: string, b: string): number {
  const left = parseOrThrow(a);
  const right = parseOrThrow(b);
  const exponent = Math.min(left.exponent, right.exponent);
  const difference = scaleTo(left, exponent) - scaleTo(right, exponent);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** @throws {RangeError} when the argument is no number. */
export function isZeroDecimal(text: string): boolean {
  return parseOrThrow(text).coefficient === 0n;
}

/** Canonical as it is: no longer than what always fits, and no zero with a sign. */
function isPlain(text: string): boolean {
  return text.length <= significantDigitsMax && plain.test(text) && text !== '-0';
}

function parseOrThrow(text: string): Parts {
  const parts = parse(text);
  if (parts === undefined) throw new RangeError('not a number that DynamoDB can hold');
  return parts;
}

function parse(text: string): Parts | undefined {
  const match = syntax.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponentText = '0'] = match;
  const digits = whole + fraction;
  if (digits === '') return undefined;
  const end = lengthWithoutTrailingZeros(digits);
  if (end === 0) return { coefficient: 0n, exponent: 0 };
  const significant = digits.slice(0, end).replace(/^0+/, '');
  const exponent = Number(exponentText) - fraction.length + (digits.length - end);
  // The length is judged before a BigInt is made: a hostile text may have a million digits.
  if (!fits(significant.length, exponent)) return undefined;
  const coefficient = BigInt(significant);
  return { coefficient: sign === '-' ? -coefficient : coefficient, exponent };
}

function isWithinLimits({ coefficient, exponent }: Parts): boolean {
  return coefficient === 0n || fits(digitsOf(coefficient).length, exponent);
}

function fits(significantDigits: number, exponent: number): boolean {
  const magnitude = exponent + significantDigits - 1;
  return significantDigits <= significantDigitsMax && magnitude >= magnitudeMin && magnitude <= magnitudeMax;
}

function normalise(coefficient: bigint, exponent: number): Parts {
  if (coefficient === 0n) return { coefficient, exponent: 0 };
  const digits = digitsOf(coefficient);
  const zeros = digits.length - lengthWithoutTrailingZeros(digits);
  return { coefficient: coefficient / 10n ** BigInt(zeros), exponent: exponent + zeros };
}

function scaleTo(parts: Parts, exponent: number): bigint {
  if (parts.exponent === exponent) return parts.coefficient;
  return parts.coefficient === 0n ? 0n : parts.coefficient * 10n ** BigInt(parts.exponent - exponent);
}

function format({ coefficient, exponent }: Parts): string {
  const sign = coefficient < 0n ? '-' : '';
  const digits = digitsOf(coefficient);
  if (exponent >= 0) return `${sign}${digits}${coefficient === 0n ? '' : '0'.repeat(exponent)}`;
  const padded = digits.padStart(1 - exponent, '0');
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

function digitsOf(coefficient: bigint): string {
  return (coefficient < 0n ? -coefficient : coefficient).toString();
}

/** A loop, because `/0+$/` takes quadratic time on a long run of zeros inside the text. */
function lengthWithoutTrailingZeros(digits: string): number {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end -= 1;
  return end;
}
