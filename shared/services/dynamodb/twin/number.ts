import { ValidationException } from './errors.ts';

/** A number as DynamoDB keeps it: at most 38 significant digits, exact. `digits` has no trailing zeros. */
interface Exact {
  readonly digits: bigint;
  readonly exponent: number;
}

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/**
 * DynamoDB's text of a number: no exponent, no leading or trailing zeros, no negative zero.
 *
 * @throws {ValidationException} when it is no number, has more than 38 significant digits or is out of range
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
export function canonicalNumber(text: string): string {
  return format(parse(text));
}

export function compareNumbers(a: string, b: string): number {
  const [left, right] = aligned(parse(a), parse(b));
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The exact sum (or difference) in canonical text; refused beyond 38 digits, never rounded. */
export function addNumbers(a: string, b: string, sign: 1n | -1n = 1n): string {
  const [left, right, exponent] = aligned(parse(a), parse(b));
  return format(checked(normalized(left + sign * right, exponent)));
}

function parse(text: string): Exact {
  const match = pattern.exec(text);
  const whole = match?.[2] ?? '';
  const fraction = match?.[3] ?? '';
  if (match === null || whole + fraction === '') {
    throw new ValidationException(`The parameter cannot be converted to a numeric value: ${text}`);
  }
  const digits = BigInt(whole + fraction) * (match[1] === '-' ? -1n : 1n);
  return checked(normalized(digits, Number(match[4] ?? 0) - fraction.length));
}

function normalized(digits: bigint, exponent: number): Exact {
  if (digits === 0n) return { digits, exponent: 0 };
  const text = digits.toString();
  const significant = text.replace(/0+$/, '');
  return { digits: BigInt(significant), exponent: exponent + text.length - significant.length };
}

function checked(number: Exact): Exact {
  if (number.digits === 0n) return number;
  const length = number.digits.toString().replace('-', '').length;
  if (length > 38) throw new ValidationException('Attempting to store more than 38 significant digits in a Number');
  const magnitude = number.exponent + length - 1;
  if (magnitude > 125) {
    throw new ValidationException(
      'Number overflow. Attempting to store a number with magnitude larger than supported range',
    );
  }
  if (magnitude < -130) {
    throw new ValidationException(
      'Number underflow. Attempting to store a number with magnitude smaller than supported range',
    );
  }
  return number;
}

function aligned(a: Exact, b: Exact): [bigint, bigint, number] {
  const exponent = Math.min(a.exponent, b.exponent);
  return [a.digits * 10n ** BigInt(a.exponent - exponent), b.digits * 10n ** BigInt(b.exponent - exponent), exponent];
}

function format({ digits, exponent }: Exact): string {
  if (exponent >= 0) return (digits * 10n ** BigInt(exponent)).toString();
  const text = (digits < 0n ? -digits : digits).toString().padStart(1 - exponent, '0');
  return `${digits < 0n ? '-' : ''}${text.slice(0, exponent)}.${text.slice(exponent)}`;
}
