import { InvalidFilterError } from './invalid-filter.ts';
import { type JsonNode, JsonTextError, parseJsonText } from './json-text.ts';
import { type LeafTest, parseLeafTest } from './leaf-test.ts';

/** What must hold at each path, for one way to match. Paths are names joined by dots, in sorted order. */
export type Branch = ReadonlyMap<string, readonly LeafTest[]>;

/** A pattern as the ways to match it: one, and more where it has `$or`. */
export type FilterPattern = readonly Branch[];

export interface PatternOptions {
  /** @default false */
  readonly undocumentedOperators?: boolean;
}

type ObjectNode = Extract<JsonNode, { type: 'object' }>;
type OpenBranch = Map<string, readonly LeafTest[]>;

/** Operators, present and reserved: a list of objects that use one is no list of alternatives. */
const RESERVED = new Set([
  ...['exactly', 'equals-ignore-case', 'prefix', 'suffix', 'anything-but', 'exists', 'wildcard', 'numeric', 'cidr'],
  ...['=', '<', '<=', '>', '>=', 'regex', 'not-wildcard', 'not-equals-ignore-case', 'date-after', 'date-on-or-after'],
  ...['date-before', 'date-on-or-before', 'in-date-range', 'ip-address-in-range', 'ip-address-not-in-range'],
]);

/**
 * Reads a pattern as Lambda does. Of a path that is given twice the last leaf counts, so a repeated object adds its
 * fields to those before.
 *
 * @throws {InvalidFilterError}
 */
export function parseFilterPattern(
  text: string,
  { undocumentedOperators = false }: PatternOptions = {},
): FilterPattern {
  const root = parsed(text);
  if (root.type !== 'object') throw new InvalidFilterError('The pattern is not a JSON object.');
  const reader = new PatternReader({ undocumentedOperators, alternatives: hasFieldsOnly(root) });
  const branches = reader.fields(root, [new Map()], []);
  return branches.map((branch) => new Map([...branch].sort(([one], [other]) => (one < other ? -1 : 1))));
}

function parsed(text: string): JsonNode {
  try {
    return parseJsonText(text);
  } catch (error) {
    if (error instanceof JsonTextError) throw new InvalidFilterError(`The pattern is ${error.message}.`);
    throw error;
  }
}

class PatternReader {
  readonly #undocumentedOperators: boolean;
  readonly #alternatives: boolean;

  /** `alternatives`: whether `$or` stands for alternatives in this pattern, or is the name of a field throughout. */
  constructor({ undocumentedOperators, alternatives }: { undocumentedOperators: boolean; alternatives: boolean }) {
    this.#undocumentedOperators = undocumentedOperators;
    this.#alternatives = alternatives;
  }

  fields(node: ObjectNode, branches: OpenBranch[], path: readonly string[]): OpenBranch[] {
    if (node.members.length === 0) throw new InvalidFilterError(`${placeName(path)} holds an empty object.`);
    let open = branches;
    for (const [name, value] of node.members) open = this.#field(name, value, open, path);
    return open;
  }

  #field(name: string, value: JsonNode, branches: OpenBranch[], path: readonly string[]): OpenBranch[] {
    if (this.#alternatives && name === '$or' && isAlternatives(value)) {
      const copied = () => branches.map((branch) => new Map(branch));
      return value.elements.flatMap((alternative) => this.fields(alternative, copied(), path));
    }
    const inner = [...path, name];
    if (value.type === 'object') return this.fields(value, branches, inner);
    if (value.type !== 'array') throw new InvalidFilterError(`${placeName(inner)} is neither an object nor a list.`);
    if (value.elements.length === 0) throw new InvalidFilterError(`${placeName(inner)} holds an empty list.`);
    const context = { where: placeName(inner), undocumentedOperators: this.#undocumentedOperators };
    const tests = value.elements.map((element) => parseLeafTest(element, context));
    for (const branch of branches) branch.set(inner.join('.'), tests);
    return branches;
  }
}

/** A list of two or more objects that hold fields and no operators. */
function isAlternatives(node: JsonNode): node is { type: 'array'; elements: readonly ObjectNode[] } {
  if (node.type !== 'array' || node.elements.length < 2) return false;
  return node.elements.every((element) => element.type === 'object' && hasFieldsOnly(element, RESERVED));
}

/** Whether every `$or` within is a list of alternatives, and no field has a name that is not allowed there. */
function hasFieldsOnly(node: ObjectNode, disallowed: ReadonlySet<string> = new Set()): boolean {
  return node.members.every(([name, value]) => {
    if (name === '$or') return isAlternatives(value);
    return !disallowed.has(name) && (value.type !== 'object' || hasFieldsOnly(value, disallowed));
  });
}

function placeName(path: readonly string[]): string {
  return path.length === 0 ? 'The pattern' : path.join('.');
}
