import { addDecimals, canonicalDecimal, negateDecimal } from '../../../change/decimal.ts';
import { ValidationException } from './errors.ts';

/** DynamoDB's text of a number. @throws {ValidationException} for anything DynamoDB does not hold as one */
export function canonicalNumber(text: string): string {
  const canonical = canonicalDecimal(text);
  if (canonical !== undefined) return canonical;
  throw new ValidationException(
    `The parameter cannot be converted to a numeric value of at most 38 significant digits within range: ${text}`,
  );
}

/** The exact sum or difference; refused where it needs more than 38 digits, never rounded. */
export function addNumbers(left: string, right: string, operator: '+' | '-' = '+'): string {
  try {
    return addDecimals(left, operator === '+' ? right : negateDecimal(right));
  } catch (error) {
    throw new ValidationException(
      `Number overflow. Attempting to store a number with magnitude larger than supported range (${error})`,
    );
  }
}
