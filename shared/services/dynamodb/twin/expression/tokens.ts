import { ValidationException } from '../errors.ts';

export interface Token {
  /** `word`: keyword, function or bare attribute name; `name`: #placeholder; `value`: :placeholder; `index`: digits. */
  readonly kind: 'word' | 'name' | 'value' | 'index' | 'symbol' | 'end';
  readonly text: string;
}

const pattern = /\s*(?:(#[A-Za-z0-9_]+)|(:[A-Za-z0-9_]+)|([A-Za-z_][A-Za-z0-9_]*)|(\d+)|(<>|<=|>=|[()[\].,=<>+-]))/y;
const kinds = ['name', 'value', 'word', 'index', 'symbol'] as const;

/** Reads the tokens of one expression in order. */
export interface TokenReader {
  peek(ahead?: number): Token;
  next(): Token;
  /** Takes the next token when it is this symbol or keyword (in any case). */
  take(text: string): boolean;
  expect(text: string): void;
  fail(problem: string): never;
}

/** @param what the request's parameter, for the error message, e.g. `ConditionExpression` */
export function readTokens(expression: string, what: string): TokenReader {
  const tokens = tokensOf(expression, what);
  let at = 0;
  const peek = (ahead = 0): Token => tokens[at + ahead] ?? { kind: 'end', text: '<EOF>' };
  const fail = (problem: string): never => {
    throw new ValidationException(`Invalid ${what}: ${problem}`);
  };
  const take = (text: string): boolean => {
    const token = peek();
    const found = (token.kind === 'word' || token.kind === 'symbol') && token.text.toUpperCase() === text.toUpperCase();
    if (found) at += 1;
    return found;
  };
  return {
    peek,
    take,
    fail,
    next: () => {
      const token = peek();
      at += 1;
      return token;
    },
    expect: (text) => {
      if (!take(text)) fail(`Syntax error; token: "${peek().text}", near: "${text}"`);
    },
  };
}

/** Programs send few expressions, again and again; whoever sends others all the time pays for each. */
const knownMax = 1_000;
const known = new Map<string, readonly Token[]>();

function tokensOf(expression: string, what: string): readonly Token[] {
  const found = known.get(expression);
  if (found !== undefined) return found;
  const tokens = tokenize(expression, what);
  if (known.size < knownMax) known.set(expression, tokens);
  return tokens;
}

function tokenize(expression: string, what: string): Token[] {
  if (expression.trim() === '') throw new ValidationException(`Invalid ${what}: The expression can not be empty;`);
  const tokens: Token[] = [];
  const end = expression.trimEnd().length;
  pattern.lastIndex = 0;
  while (pattern.lastIndex < end) {
    const from = pattern.lastIndex;
    const match = pattern.exec(expression);
    if (match === null) {
      const rest = expression.slice(from).trimStart().slice(0, 20);
      throw new ValidationException(`Invalid ${what}: Syntax error; token: "${rest.slice(0, 1)}", near: "${rest}"`);
    }
    kinds.forEach((kind, index) => {
      const text = match[index + 1];
      if (text !== undefined) tokens.push({ kind, text });
    });
  }
  return tokens;
}
