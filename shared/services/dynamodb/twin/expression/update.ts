import type { AttributeValue } from '../value.ts';
import { type Path, parsePath, pathsOverlap } from './path.ts';
import type { Placeholders } from './placeholders.ts';
import { readTokens, type TokenReader } from './tokens.ts';

/** The right side of a SET action. */
export type SetOperand =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'value'; readonly value: AttributeValue }
  | { readonly kind: 'if_not_exists'; readonly path: Path; readonly otherwise: SetOperand }
  | { readonly kind: 'list_append' | '+' | '-'; readonly left: SetOperand; readonly right: SetOperand };

export type UpdateAction =
  | { readonly kind: 'SET'; readonly path: Path; readonly operand: SetOperand }
  | { readonly kind: 'REMOVE'; readonly path: Path }
  | { readonly kind: 'ADD' | 'DELETE'; readonly path: Path; readonly value: AttributeValue };

interface Context {
  readonly tokens: TokenReader;
  readonly placeholders: Placeholders;
}

const what = 'UpdateExpression';
const clauses = ['SET', 'REMOVE', 'ADD', 'DELETE'] as const;

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html */
export function parseUpdate(expression: string, placeholders: Placeholders): UpdateAction[] {
  const context = { tokens: readTokens(expression, what), placeholders };
  const { tokens } = context;
  const seen = new Set<string>();
  const actions: UpdateAction[] = [];
  while (tokens.peek().kind !== 'end') {
    const clause = clauses.find((word) => tokens.take(word));
    if (clause === undefined) return tokens.fail(`Syntax error; token: "${tokens.peek().text}"`);
    if (seen.has(clause)) tokens.fail(`The "${clause}" section can only be used once in an update expression;`);
    seen.add(clause);
    do actions.push(parseAction(context, clause));
    while (tokens.take(','));
  }
  assertDistinct(actions, tokens);
  return actions;
}

function parseAction(context: Context, clause: (typeof clauses)[number]): UpdateAction {
  const { tokens, placeholders } = context;
  const path = parsePath(tokens, placeholders, what);
  if (clause === 'REMOVE') return { kind: clause, path };
  if (clause === 'SET') {
    tokens.expect('=');
    return { kind: clause, path, operand: parseSum(context) };
  }
  const token = tokens.next();
  if (token.kind !== 'value') return tokens.fail(`Syntax error; token: "${token.text}", near: "${token.text}"`);
  const value = placeholders.value(token.text, what);
  const accepted = value.SS ?? value.NS ?? value.BS ?? (clause === 'ADD' ? value.N : undefined);
  if (accepted === undefined) {
    tokens.fail(`Incorrect operand type for operator or function; operator: ${clause}, operand type`);
  }
  return { kind: clause, path, value };
}

function parseSum(context: Context): SetOperand {
  const left = parseTerm(context);
  for (const kind of ['+', '-'] as const) {
    if (context.tokens.take(kind)) return { kind, left, right: parseTerm(context) };
  }
  return left;
}

function parseTerm(context: Context): SetOperand {
  const { tokens, placeholders } = context;
  if (tokens.take('(')) {
    const inner = parseSum(context);
    tokens.expect(')');
    return inner;
  }
  if (tokens.peek().kind === 'value') return { kind: 'value', value: placeholders.value(tokens.next().text, what) };
  if (tokens.peek().kind !== 'word' || tokens.peek(1).text !== '(') {
    return { kind: 'path', path: parsePath(tokens, placeholders, what) };
  }
  const name = tokens.next().text;
  tokens.expect('(');
  const operand = parseFunctionArguments(context, name);
  tokens.expect(')');
  return operand;
}

function parseFunctionArguments(context: Context, name: string): SetOperand {
  const { tokens, placeholders } = context;
  if (name === 'if_not_exists') {
    const path = parsePath(tokens, placeholders, what);
    tokens.expect(',');
    return { kind: name, path, otherwise: parseTerm(context) };
  }
  if (name !== 'list_append') return tokens.fail(`Invalid function name; function: ${name}`);
  const left = parseTerm(context);
  tokens.expect(',');
  return { kind: name, left, right: parseTerm(context) };
}

function assertDistinct(actions: readonly UpdateAction[], tokens: TokenReader): void {
  actions.forEach((action, index) => {
    const other = actions
      .slice(0, index)
      .find(({ path }) => pathsOverlap(path, action.path) || pathsOverlap(action.path, path));
    if (other === undefined) return;
    const paths = `path one: [${other.path.join(', ')}], path two: [${action.path.join(', ')}]`;
    tokens.fail(`Two document paths overlap with each other; must remove or rewrite one of these paths; ${paths}`);
  });
}
