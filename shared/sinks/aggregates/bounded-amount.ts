import { canonicalDecimal } from '../../change/decimal.ts';

const MAX_WHOLE_DIGITS = 20;
const MAX_FRACTION_DIGITS = 8;

/**
 * The amount as canonical decimal text, or undefined when it is no number or too long to be summed: at most 20 digits
 * before the point and 8 after it. DynamoDB adds exactly within 38 significant digits, so a sum of 10^10 such amounts
 * still is exact.
 */
export function boundedAmount(text: string): string | undefined {
  const canonical = canonicalDecimal(text);
  if (canonical === undefined) return undefined;
  const [whole = '', fraction = ''] = canonical.replace('-', '').split('.');
  return whole.length <= MAX_WHOLE_DIGITS && fraction.length <= MAX_FRACTION_DIGITS ? canonical : undefined;
}
