/**
 * The number a text stands for, when it is compared by value: 300, 300.0 and 3e2 are one. Undefined for what a double
 * cannot hold as it is written, such as an account number of twenty digits: such numbers are equal only when written
 * alike, and have no order.
 */
export function comparableNumber(text: string): number | undefined {
  const value = Number(text);
  if (!Number.isFinite(value)) return undefined;
  return decimalOf(text) === decimalOf(String(value)) ? value : undefined;
}

/** One spelling for every decimal: digits without zeros around them, and the power of ten that belongs to them. */
function decimalOf(text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = mantissa.slice(sign.length).split('.');
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}
