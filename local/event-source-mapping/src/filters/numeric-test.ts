import { comparableNumber } from './comparable-number.ts';
import { InvalidFilterError } from './invalid-filter.ts';
import type { JsonNode } from './json-text.ts';
import type { ValueTest } from './leaf-value.ts';

interface Bound {
  readonly operator: string;
  readonly limit: number;
}

const comparisons: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '=': (value, limit) => value === limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};

/**
 * Reads the operand of `numeric`: an operator and a number, or a lower bound followed by an upper one. It holds for
 * JSON numbers only: DynamoDB's `N` is a string.
 *
 * @throws {InvalidFilterError}
 */
export function parseNumericTest(operand: JsonNode, where: string): ValueTest {
  const bounds = boundsOf(operand, where);
  const [first, second, ...others] = bounds;
  if (!first || others.length > 0) throw malformed(where, 'one comparison or a range');
  if (second) {
    if (!first.operator.startsWith('>') || !second.operator.startsWith('<')) {
      throw malformed(where, 'a range from a lower bound (> or >=) to an upper one (< or <=)');
    }
    if (first.limit >= second.limit) throw malformed(where, 'a lower bound below the upper one');
  }
  return ({ type, text }) => {
    const value = type === 'number' ? comparableNumber(text) : undefined;
    return value !== undefined && bounds.every(({ operator, limit }) => comparisons[operator]?.(value, limit));
  };
}

function boundsOf(operand: JsonNode, where: string): Bound[] {
  if (operand.type !== 'array') throw malformed(where, 'a list');
  const bounds: Bound[] = [];
  for (let index = 0; index < operand.elements.length; index += 2) {
    const operator = operand.elements[index];
    const limit = operand.elements[index + 1];
    if (operator?.type !== 'string' || !Object.hasOwn(comparisons, operator.value)) {
      throw malformed(where, 'one of = < <= > >= before each number');
    }
    const value = limit?.type === 'number' ? comparableNumber(limit.text) : undefined;
    if (value === undefined) throw malformed(where, 'a number that a double holds exactly after each operator');
    bounds.push({ operator: operator.value, limit: value });
  }
  return bounds;
}

function malformed(where: string, expected: string): InvalidFilterError {
  return new InvalidFilterError(`${where} uses numeric without ${expected}.`);
}
