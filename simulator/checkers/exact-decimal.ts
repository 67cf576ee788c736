/** Adds decimal texts exactly, with nothing but BigInt: the checkers' sums owe nothing to the code they check. */
const decimals = 60;

/** The number as a multiple of 10^-60. @throws {Error} on what is no decimal number in DynamoDB's syntax. */
export function toScaled(text: string): bigint {
  const parts = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (parts === null) throw new Error(`"${text}" is not a decimal number`);
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts;
  const shift = decimals - fraction.length + Number(exponent);
  if (shift < 0) throw new Error(`"${text}" has more than ${decimals} decimals`);
  const scaled = BigInt(whole + fraction) * 10n ** BigInt(shift);
  return sign === '-' ? -scaled : scaled;
}
