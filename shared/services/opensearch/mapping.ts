import { dynamicTypeOf, type FieldType, type FieldValue, parseFieldValue } from './field-value.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import { declareObject, type FieldNode, MappingError, mappingJson, type ObjectNode } from './mapping-nodes.ts';

/** Parsed values by dotted field name, `.keyword` and other subfields included. */
export type FieldValues = ReadonlyMap<string, readonly FieldValue[]>;

/**
 * The fields of one index: declared ones, and those that dynamic mapping adds as documents come.
 * Field names with dots mean nested objects; arrays mean several values; nulls and ignored fields mean no value.
 */
export class Mapping {
  readonly #root: ObjectNode;

  /** @param mappings as in "Create index": `{dynamic, properties}`. @throws {MappingError} when not supported. */
  constructor(mappings: unknown = {}) {
    this.#root = declareObject(mappings, '_doc');
  }

  toJSON(): JsonObject {
    return this.#root.properties.size === 0 && this.#root.dynamic === 'true' ? {} : mappingJson(this.#root);
  }

  /** The type of a field or subfield, or `undefined` when no document or declaration has named it. */
  typeOf(field: string): FieldType | undefined {
    let node: ObjectNode | FieldNode | undefined = this.#root;
    for (const name of field.split('.')) {
      node = node?.kind === 'object' ? node.properties.get(name) : node?.subfields.get(name);
    }
    return node?.kind === 'field' ? node.type : undefined;
  }

  /** @throws {MappingError} when OpenSearch would refuse the document; the mapping is then as before. */
  valuesOf(id: string, document: JsonObject): FieldValues {
    const walk = new DocumentWalk(id);
    try {
      walk.object(this.#root, document, '');
    } catch (error) {
      walk.undo();
      throw error;
    }
    return walk.values;
  }
}

class DocumentWalk {
  readonly values = new Map<string, FieldValue[]>();
  readonly #id: string;
  readonly #added: { properties: ObjectNode['properties']; name: string }[] = [];

  constructor(id: string) {
    this.#id = id;
  }

  undo(): void {
    for (const { properties, name } of this.#added) properties.delete(name);
  }

  object(node: ObjectNode, value: JsonObject, prefix: string): void {
    if (!node.enabled) return;
    for (const [name, child] of Object.entries(value)) this.#property(node, name, child, prefix);
  }

  #property(parent: ObjectNode, dottedName: string, value: unknown, prefix: string): void {
    const dot = dottedName.indexOf('.');
    const name = dot === -1 ? dottedName : dottedName.slice(0, dot);
    if (name.trim() === '' || dot === dottedName.length - 1) {
      throw new MappingError({ reason: 'failed to parse', cause: 'a field name, or a part between dots, is blank' });
    }
    const path = prefix + name;
    const content = dot === -1 ? value : { [dottedName.slice(dot + 1)]: value };
    const node = parent.properties.get(name) ?? this.#dynamicNode(parent, name, content, path);
    if (node !== undefined) this.#content(node, content, path);
  }

  #content(node: ObjectNode | FieldNode, content: unknown, path: string): void {
    if (Array.isArray(content)) {
      for (const element of content) this.#content(node, element, path);
    } else if (content === null) {
      return;
    } else if (node.kind === 'field') {
      this.#field(node, content, path);
    } else if (!node.enabled) {
      return;
    } else if (isJsonObject(content)) {
      this.object(node, content, `${path}.`);
    } else {
      const where = `object mapping for [${path}] tried to parse field [${path}] as object`;
      throw new MappingError({ reason: `${where}, but found a concrete value` });
    }
  }

  #field(node: FieldNode, content: unknown, path: string): void {
    const value = parseFieldValue(node.type, content);
    if (value === undefined) {
      const preview = typeof content === 'object' ? JSON.stringify(content) : String(content);
      const where = `failed to parse field [${path}] of type [${node.type}] in document with id '${this.#id}'`;
      throw new MappingError({ reason: `${where}. Preview of field's value: '${preview}'` });
    }
    if (value !== null && String(value).length <= (node.ignoreAbove ?? Number.POSITIVE_INFINITY)) {
      const values = this.values.get(path);
      if (values === undefined) this.values.set(path, [value]);
      else values.push(value);
    }
    for (const [name, subfield] of node.subfields) this.#field(subfield, content, `${path}.${name}`);
  }

  #dynamicNode(parent: ObjectNode, name: string, content: unknown, path: string): ObjectNode | FieldNode | undefined {
    const sample = firstValue(content);
    if (sample === undefined || parent.dynamic === 'false') return undefined;
    if (parent.dynamic === 'strict') {
      const within = path === name ? '_doc' : path.slice(0, -name.length - 1);
      const reason = `mapping set to strict, dynamic introduction of [${name}] within [${within}] is not allowed`;
      throw new MappingError({ type: 'strict_dynamic_mapping_exception', reason });
    }
    const node: ObjectNode | FieldNode = isJsonObject(sample)
      ? { kind: 'object', enabled: true, dynamic: parent.dynamic, properties: new Map() }
      : dynamicField(sample);
    parent.properties.set(name, node);
    this.#added.push({ properties: parent.properties, name });
    return node;
  }
}

function firstValue(content: unknown): unknown {
  if (!Array.isArray(content)) return content ?? undefined;
  return content.map(firstValue).find((value) => value !== undefined);
}

function dynamicField(sample: unknown): FieldNode {
  const type = dynamicTypeOf(sample);
  if (type !== 'text') return { kind: 'field', type, subfields: new Map() };
  const keyword: FieldNode = { kind: 'field', type: 'keyword', ignoreAbove: 256, subfields: new Map() };
  return { kind: 'field', type, subfields: new Map([['keyword', keyword]]) };
}
