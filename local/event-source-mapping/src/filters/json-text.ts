/** A JSON value as it was written: members keep their order and repetitions, numbers their text. */
export type JsonNode =
  | { readonly type: 'object'; readonly members: readonly (readonly [name: string, value: JsonNode])[] }
  | { readonly type: 'array'; readonly elements: readonly JsonNode[] }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'number'; readonly text: string }
  | { readonly type: 'literal'; readonly text: 'true' | 'false' | 'null' };

/** The text is not JSON; the message says what was expected and after how many characters. */
export class JsonTextError extends Error {
  override readonly name = 'JsonTextError';
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a JSON string may not hold them bare
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const LITERAL = /true|false|null/y;
const SPACE = /[ \t\r\n]*/y;
/** As deep as Jackson reads, the parser behind Lambda's filters: deeper would exhaust the stack. */
const DEPTH_LIMIT = 1000;

/**
 * Parses JSON without losing repeated members, which `JSON.parse` drops silently and a filter pattern gives a meaning.
 *
 * @throws {JsonTextError}
 */
export function parseJsonText(text: string): JsonNode {
  const reader = new JsonReader(text);
  const node = reader.value(0);
  reader.end();
  return node;
}

class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): JsonNode {
    if (depth > DEPTH_LIMIT) return this.#refuse(`at most ${DEPTH_LIMIT} levels`);
    this.#take(SPACE);
    const next = this.#text[this.#at];
    if (next === '{') return { type: 'object', members: this.#list('}', () => this.#member(depth)) };
    if (next === '[') return { type: 'array', elements: this.#list(']', () => this.value(depth + 1)) };
    if (next === '"') return { type: 'string', value: this.#string() };
    const literal = this.#take(LITERAL);
    if (literal === 'true' || literal === 'false' || literal === 'null') return { type: 'literal', text: literal };
    return { type: 'number', text: this.#take(NUMBER) ?? this.#refuse('a value') };
  }

  end(): void {
    this.#take(SPACE);
    if (this.#at < this.#text.length) this.#refuse('nothing more');
  }

  #member(depth: number): readonly [string, JsonNode] {
    this.#take(SPACE);
    const name = this.#string();
    this.#take(SPACE);
    if (this.#text[this.#at] !== ':') this.#refuse('a colon');
    this.#at += 1;
    return [name, this.value(depth + 1)];
  }

  #list<Item>(close: '}' | ']', item: () => Item): Item[] {
    this.#at += 1;
    this.#take(SPACE);
    const items: Item[] = [];
    while (this.#text[this.#at] !== close || items.length > 0) {
      items.push(item());
      this.#take(SPACE);
      const next = this.#text[this.#at];
      if (next === close) break;
      if (next !== ',') this.#refuse(`a comma or ${close}`);
      this.#at += 1;
    }
    this.#at += 1;
    return items;
  }

  #string(): string {
    const written = this.#take(STRING) ?? this.#refuse('a string');
    return String(JSON.parse(written));
  }

  #take(token: RegExp): string | undefined {
    token.lastIndex = this.#at;
    const found = token.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #refuse(expected: string): never {
    throw new JsonTextError(`not JSON: ${expected} expected after ${this.#at} characters`);
  }
}
