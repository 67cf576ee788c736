import type { JsonNode } from './json-text.ts';
import type { LeafValue } from './leaf-value.ts';

/** In which element of which arrays a leaf lies: array numbers to element indexes. */
export type Membership = ReadonlyMap<number, number>;

export interface Leaf {
  readonly value: LeafValue;
  readonly membership: Membership;
}

/** The leaves of a record by path, the names on the way joined by dots; arrays add nothing to a path. */
export type Leaves = ReadonlyMap<string, readonly Leaf[]>;

/** Paths that are worth descending to, for patterns that look at `paths`. */
export function pathsTowards(paths: Iterable<string>): ReadonlySet<string> {
  const towards = new Set<string>();
  for (const path of paths) {
    for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) towards.add(path.slice(0, dot));
    towards.add(path);
  }
  return towards;
}

/** Collects the leaves that a pattern looks at. Empty lists and maps have none, so to a pattern they are absent. */
export class LeafCollector {
  readonly #towards: ReadonlySet<string>;
  readonly #leaves = new Map<string, Leaf[]>();
  #arrays = 0;

  constructor(towards: ReadonlySet<string>) {
    this.#towards = towards;
  }

  get leaves(): Leaves {
    return this.#leaves;
  }

  /** Of a value as `JSON.parse` returns it. */
  value(value: unknown, path: string, membership: Membership = new Map()): void {
    if (Array.isArray(value)) {
      const array = this.#arrays++;
      value.forEach((element: unknown, index) => {
        const nested = typeof element === 'object' && element !== null;
        this.value(element, path, nested ? new Map([...membership, [array, index]]) : membership);
      });
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        const innerPath = path === '' ? name : `${path}.${name}`;
        if (this.#towards.has(innerPath)) this.value(inner, innerPath, membership);
      }
    } else if (typeof value === 'string') this.#add(path, { type: 'string', text: value }, membership);
    else if (typeof value === 'number') this.#add(path, { type: 'number', text: String(value) }, membership);
    else if (value !== undefined) this.#add(path, { type: 'literal', text: String(value) }, membership);
  }

  /** Of JSON as it was written. */
  node(node: JsonNode, path: string, membership: Membership = new Map()): void {
    if (node.type === 'array') {
      const array = this.#arrays++;
      node.elements.forEach((element, index) => {
        const nested = element.type === 'object' || element.type === 'array';
        this.node(element, path, nested ? new Map([...membership, [array, index]]) : membership);
      });
    } else if (node.type === 'object') {
      for (const [name, inner] of node.members) {
        const innerPath = path === '' ? name : `${path}.${name}`;
        if (this.#towards.has(innerPath)) this.node(inner, innerPath, membership);
      }
    } else if (node.type === 'string') this.#add(path, { type: 'string', text: node.value }, membership);
    else this.#add(path, { type: node.type, text: node.text }, membership);
  }

  #add(path: string, value: LeafValue, membership: Membership): void {
    const leaf = { value, membership };
    const known = this.#leaves.get(path);
    if (known) known.push(leaf);
    else this.#leaves.set(path, [leaf]);
  }
}
