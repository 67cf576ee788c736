import { comparableNumber } from './comparable-number.ts';
import { sameIgnoringCase } from './ignoring-case.ts';
import { InvalidFilterError } from './invalid-filter.ts';
import type { JsonNode } from './json-text.ts';
import { onStrings, type ValueTest } from './leaf-value.ts';
import { parseNumericTest } from './numeric-test.ts';
import { undocumentedTest } from './undocumented-tests.ts';

/** One alternative of a leaf array: `absent` holds when the record has no such leaf. */
export type LeafTest = { readonly kind: 'absent' } | { readonly kind: 'value'; readonly test: ValueTest };

export interface LeafContext {
  /** Names the field in errors. */
  readonly where: string;
  /** Whether operators count that the engine has and Lambda's table of filter rules does not list. */
  readonly undocumentedOperators: boolean;
}

/**
 * Reads one element of a leaf array: a value to equal, or an object with one operator.
 *
 * @throws {InvalidFilterError}
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
 */
export function parseLeafTest(node: JsonNode, context: LeafContext): LeafTest {
  const { where } = context;
  if (node.type === 'array') throw new InvalidFilterError(`${where} holds a list within a list.`);
  if (node.type !== 'object') return valueTest(equals(node));
  const [name, operand] = onlyOperator(node, where);
  if (name === 'exists') return existsTest(operand, where);
  if (name === 'numeric') return valueTest(parseNumericTest(operand, where));
  if (name === 'anything-but' && operand.type !== 'object') return valueTest(anythingBut(operand, where));
  const textTest = Object.hasOwn(textTests, name) ? textTests[name] : undefined;
  if (textTest) {
    if (operand.type === 'string') return valueTest(onStrings(textTest(operand.value)));
    throw new InvalidFilterError(`${where} uses ${name} with something other than a string.`);
  }
  const test = undocumentedTest(name, operand, where);
  if (!test) throw new InvalidFilterError(`${where} uses the operator ${name}, which does not exist.`);
  if (context.undocumentedOperators) return valueTest(test);
  const form = name === 'anything-but' ? 'an operator within anything-but' : name;
  throw new InvalidFilterError(`${where} uses ${form}, which Lambda's filter rules do not list.`);
}

function onlyOperator(node: Extract<JsonNode, { type: 'object' }>, where: string): readonly [string, JsonNode] {
  const [operator, ...others] = node.members;
  if (!operator) throw new InvalidFilterError(`${where} holds an empty object instead of an operator.`);
  if (others.length > 0) throw new InvalidFilterError(`${where} holds an object with more than one operator.`);
  return operator;
}

const textTests: Readonly<Record<string, (operand: string) => (text: string) => boolean>> = {
  prefix: (operand) => (text) => text.startsWith(operand),
  suffix: (operand) => (text) => text.endsWith(operand),
  'equals-ignore-case': (operand) => sameIgnoringCase(operand),
};

function valueTest(test: ValueTest): LeafTest {
  return { kind: 'value', test };
}

function equals(node: Exclude<JsonNode, { type: 'object' | 'array' }>): ValueTest {
  if (node.type === 'string') return onStrings((text) => text === node.value);
  if (node.type === 'literal') return ({ type, text }) => type === 'literal' && text === node.text;
  const wanted = comparableNumber(node.text);
  return ({ type, text }) =>
    type === 'number' && (text === node.text || (wanted !== undefined && comparableNumber(text) === wanted));
}

function existsTest(operand: JsonNode, where: string): LeafTest {
  if (operand.type !== 'literal' || operand.text === 'null') {
    throw new InvalidFilterError(`${where} uses exists with something other than true or false.`);
  }
  return operand.text === 'true' ? valueTest(() => true) : { kind: 'absent' };
}

/** Holds for a leaf that is there and is none of these: strings, or numbers, not both. */
function anythingBut(operand: JsonNode, where: string): ValueTest {
  const excluded = operand.type === 'array' ? operand.elements : [operand];
  const [first] = excluded;
  const alike = excluded.every(({ type }) => type === first?.type);
  if (!first || !alike || (first.type !== 'string' && first.type !== 'number')) {
    throw new InvalidFilterError(`${where} uses anything-but with neither strings alone nor numbers alone.`);
  }
  const tests = excluded.flatMap((node) => (node.type === 'string' || node.type === 'number' ? [equals(node)] : []));
  return (value) => !tests.some((test) => test(value));
}
