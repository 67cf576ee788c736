import type { AttributeValue } from '../value.ts';
import { type Path, parsePath } from './path.ts';
import type { Placeholders } from './placeholders.ts';
import { readTokens, type TokenReader } from './tokens.ts';

export type Operand =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'value'; readonly value: AttributeValue }
  | { readonly kind: 'size'; readonly path: Path };

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

/** A condition, filter or key condition expression, parsed, with its placeholders filled in. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly condition: Condition }
  | { readonly kind: 'compare'; readonly comparator: Comparator; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'between'; readonly operand: Operand; readonly low: Operand; readonly high: Operand }
  | { readonly kind: 'in'; readonly operand: Operand; readonly candidates: readonly Operand[] }
  | { readonly kind: 'exists'; readonly path: Path; readonly expected: boolean }
  | { readonly kind: 'attribute_type' | 'begins_with' | 'contains'; readonly path: Path; readonly argument: Operand };

interface Context {
  readonly tokens: TokenReader;
  readonly placeholders: Placeholders;
  readonly what: string;
}

/**
 * @param what the request's parameter, for error messages, e.g. `ConditionExpression`
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
 */
export function parseCondition(expression: string, placeholders: Placeholders, what: string): Condition {
  const context = { tokens: readTokens(expression, what), placeholders, what };
  const condition = parseOr(context);
  const rest = context.tokens.peek();
  if (rest.kind !== 'end') context.tokens.fail(`Syntax error; token: "${rest.text}", near: "${rest.text}"`);
  return condition;
}

function parseOr(context: Context): Condition {
  let left = parseAnd(context);
  while (context.tokens.take('OR')) left = { kind: 'or', left, right: parseAnd(context) };
  return left;
}

function parseAnd(context: Context): Condition {
  let left = parseNot(context);
  while (context.tokens.take('AND')) left = { kind: 'and', left, right: parseNot(context) };
  return left;
}

function parseNot(context: Context): Condition {
  if (context.tokens.take('NOT')) return { kind: 'not', condition: parseNot(context) };
  return parsePrimary(context);
}

function parsePrimary(context: Context): Condition {
  const { tokens } = context;
  if (tokens.take('(')) {
    const condition = parseOr(context);
    tokens.expect(')');
    return condition;
  }
  if (tokens.peek().kind === 'word' && tokens.peek(1).text === '(' && tokens.peek().text !== 'size') {
    return parseFunction(context);
  }
  const operand = parseOperand(context);
  if (tokens.take('BETWEEN')) {
    const low = parseOperand(context);
    tokens.expect('AND');
    return { kind: 'between', operand, low, high: parseOperand(context) };
  }
  if (tokens.take('IN')) return { kind: 'in', operand, candidates: parseList(context) };
  return { kind: 'compare', left: operand, comparator: parseComparator(tokens), right: parseOperand(context) };
}

function parseFunction(context: Context): Condition {
  const { tokens } = context;
  const name = tokens.next().text;
  tokens.expect('(');
  const path = parsePath(tokens, context.placeholders, context.what);
  if (name === 'attribute_exists' || name === 'attribute_not_exists') {
    tokens.expect(')');
    return { kind: 'exists', path, expected: name === 'attribute_exists' };
  }
  if (name !== 'attribute_type' && name !== 'begins_with' && name !== 'contains') {
    return tokens.fail(`Invalid function name; function: ${name}`);
  }
  tokens.expect(',');
  const argument = parseOperand(context);
  tokens.expect(')');
  return { kind: name, path, argument };
}

function parseOperand(context: Context): Operand {
  const { tokens, placeholders, what } = context;
  if (tokens.peek().kind === 'value') return { kind: 'value', value: placeholders.value(tokens.next().text, what) };
  if (tokens.peek().text === 'size' && tokens.peek(1).text === '(') {
    tokens.next();
    tokens.next();
    const path = parsePath(tokens, placeholders, what);
    tokens.expect(')');
    return { kind: 'size', path };
  }
  return { kind: 'path', path: parsePath(tokens, placeholders, what) };
}

function parseList(context: Context): Operand[] {
  context.tokens.expect('(');
  const operands = [parseOperand(context)];
  while (context.tokens.take(',')) operands.push(parseOperand(context));
  context.tokens.expect(')');
  if (operands.length > 100) context.tokens.fail('The IN operator takes at most 100 operands');
  return operands;
}

function parseComparator(tokens: TokenReader): Comparator {
  for (const comparator of ['=', '<>', '<=', '>=', '<', '>'] as const) {
    if (tokens.take(comparator)) return comparator;
  }
  return tokens.fail(`Syntax error; token: "${tokens.peek().text}", near: "${tokens.peek().text}"`);
}
