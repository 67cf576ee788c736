import { type FieldType, fieldTypes } from './field-value.ts';
import { isJsonObject, type JsonObject } from './json.ts';

export interface ObjectNode {
  readonly kind: 'object';
  /** `false`: kept in the source only, of any shape. */
  readonly enabled: boolean;
  readonly dynamic: 'true' | 'false' | 'strict';
  readonly properties: Map<string, ObjectNode | FieldNode>;
}

export interface FieldNode {
  readonly kind: 'field';
  readonly type: FieldType;
  /** Longer values have no value in this field. */
  readonly ignoreAbove?: number;
  readonly subfields: ReadonlyMap<string, FieldNode>;
}

/** What OpenSearch refuses with status 400 because of a declaration or of a document that does not fit. */
export class MappingError extends Error {
  override readonly name = 'MappingError';
  readonly type: 'mapper_parsing_exception' | 'strict_dynamic_mapping_exception';
  /** OpenSearch's `caused_by`, in our words. */
  readonly detail: string | undefined;

  constructor(refusal: { reason: string; type?: MappingError['type']; cause?: string }) {
    super(refusal.reason);
    this.type = refusal.type ?? 'mapper_parsing_exception';
    this.detail = refusal.cause;
  }
}

/** Without a word of its own, an object takes fields that nobody declared as the object around it does. */
export function declareObject(
  declaration: unknown,
  path: string,
  inherited: ObjectNode['dynamic'] = 'true',
): ObjectNode {
  const { dynamic = inherited, enabled = true, properties = {}, type: _type, ...rest } = asObject(declaration, path);
  refuseUnknown(rest, path);
  const policy = String(dynamic);
  if (policy !== 'true' && policy !== 'false' && policy !== 'strict') {
    throw new MappingError({ reason: `[dynamic] of [${path}] is [${policy}]: expected true, false or strict` });
  }
  const children = Object.entries(asObject(properties, path)).map(
    ([name, child]) => [name, declare(child, name, policy)] as const,
  );
  return { kind: 'object', enabled: enabled === true, dynamic: policy, properties: new Map(children) };
}

function declare(declaration: unknown, name: string, inherited: ObjectNode['dynamic']): ObjectNode | FieldNode {
  const { type } = asObject(declaration, name);
  const isObject = type === undefined || type === 'object';
  return isObject ? declareObject(declaration, name, inherited) : declareField(declaration, name);
}

function declareField(declaration: unknown, name: string): FieldNode {
  const { type, ignore_above: ignoreAbove, fields = {}, format, ...rest } = asObject(declaration, name);
  refuseUnknown(rest, name);
  const known = fieldTypes.find((candidate) => candidate === type);
  if (known === undefined)
    throw new MappingError({ reason: `No handler for type [${type}] declared on field [${name}]` });
  if (format !== undefined && !(known === 'date' && format === 'strict_date_optional_time||epoch_millis')) {
    throw new MappingError({ reason: `unsupported parameters: [format : ${format}] declared on field [${name}]` });
  }
  const subfields = Object.entries(asObject(fields, name)).map(
    ([sub, child]) => [sub, declareField(child, sub)] as const,
  );
  const limit = known === 'keyword' && typeof ignoreAbove === 'number' ? { ignoreAbove } : {};
  return { kind: 'field', type: known, ...limit, subfields: new Map(subfields) };
}

/** The declaration that would make this node, as "Get mapping" shows it. */
export function mappingJson(node: ObjectNode | FieldNode, inherited: ObjectNode['dynamic'] = 'true'): JsonObject {
  if (node.kind === 'field') {
    return {
      type: node.type,
      ...(node.ignoreAbove === undefined ? {} : { ignore_above: node.ignoreAbove }),
      ...(node.subfields.size === 0 ? {} : { fields: mapOf(node.subfields, inherited) }),
    };
  }
  if (node.enabled && node.properties.size === 0 && node.dynamic === inherited) return { type: 'object' };
  return {
    ...(node.enabled ? {} : { type: 'object', enabled: false }),
    ...(node.dynamic === inherited ? {} : { dynamic: node.dynamic }),
    ...(node.properties.size === 0 ? {} : { properties: mapOf(node.properties, node.dynamic) }),
  };
}

function mapOf(nodes: ReadonlyMap<string, ObjectNode | FieldNode>, inherited: ObjectNode['dynamic']): JsonObject {
  return Object.fromEntries([...nodes].map(([name, node]) => [name, mappingJson(node, inherited)]));
}

function asObject(value: unknown, path: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw new MappingError({ reason: `Expected map for property [${path}] but got ${JSON.stringify(value)}` });
}

function refuseUnknown(rest: JsonObject, path: string): void {
  const unsupported = Object.entries(rest).map(([name, value]) => `[${name} : ${JSON.stringify(value)}]`);
  if (unsupported.length === 0) return;
  throw new MappingError({ reason: `unsupported parameters: ${unsupported.join(', ')} declared on [${path}]` });
}
