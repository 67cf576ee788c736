import { createHash } from 'node:crypto';
import type { AttributeMap, AttributeValue } from '../../change/attribute-value.ts';
import { InvalidRecordError } from '../../change/invalid-record.ts';
import type { AttributeDefinition, EntityDefinition, TableDefinition } from '../../change/table-definition.ts';

/** A document's own attributes, ready for JSON. Numbers are texts: `_source` keeps all their digits. */
export type DocumentFields = Readonly<Record<string, string | boolean | readonly string[]>>;

/** What tributary keeps in each document beside the item's attributes. */
export interface ChangeMark {
  /** Identities of the changes that this document stands for: more than one only after a tie. */
  readonly changes: readonly string[];
  readonly changedAt: string;
  /** True for a tombstone: kept so that a late older write cannot resurrect the item, hidden by the readers' alias. */
  readonly deleted: boolean;
}

export const changeMarkField = 'tributary';

/**
 * The attributes of an image that the table definition wants searched, typed for the index.
 *
 * @throws {InvalidRecordError} when a value is of another type than the definition says.
 */
export function documentFields(image: AttributeMap, entity: EntityDefinition): DocumentFields {
  const fields: Record<string, string | boolean | readonly string[]> = {};
  for (const [name, attribute] of Object.entries(entity.attributes)) {
    const value = image[name];
    if (attribute.search === undefined || value === undefined || 'NULL' in value) continue;
    fields[name] = fieldOf(value, { name, attribute });
  }
  return fields;
}

export function documentJson(fields: DocumentFields, mark: ChangeMark): string {
  return JSON.stringify({ ...fields, [changeMarkField]: mark });
}

/**
 * One text for a key, distinct for distinct keys. A key of a single text is the text itself; longer than OpenSearch's
 * 512 bytes becomes its hash.
 */
export function documentId(keys: AttributeMap, table: TableDefinition): string {
  const names = [table.partitionKey.name, ...(table.sortKey === undefined ? [] : [table.sortKey.name])];
  const parts = names.map((name) => keyText(keys[name], name));
  const id = parts.length === 1 ? (parts[0] ?? '') : parts.map(encodeURIComponent).join('/');
  return Buffer.byteLength(id) <= 512 ? id : `sha256:${createHash('sha256').update(id).digest('hex')}`;
}

function keyText(value: AttributeValue | undefined, name: string): string {
  if (value !== undefined && 'S' in value) return value.S;
  if (value !== undefined && 'N' in value) return value.N;
  if (value !== undefined && 'B' in value) return value.B;
  throw new InvalidRecordError(`keys.${name}`, 'is missing or of a type that no key can have');
}

function fieldOf(value: AttributeValue, declared: { name: string; attribute: AttributeDefinition }) {
  const { name, attribute } = declared;
  switch (attribute.search) {
    case 'keyword':
    case 'text':
      if ('S' in value) return value.S;
      if ('SS' in value) return value.SS;
      break;
    case 'decimal':
      if ('N' in value) return value.N;
      break;
    case 'date':
      if ('S' in value && !Number.isNaN(Date.parse(value.S))) return value.S;
      break;
    case 'boolean':
      if ('BOOL' in value) return value.BOOL;
      break;
    case undefined:
  }
  throw new InvalidRecordError(`image.${name}`, `cannot be indexed as ${attribute.search}: it is ${typeOf(value)}`);
}

function typeOf(value: AttributeValue): string {
  return `of DynamoDB type ${Object.keys(value)[0] ?? 'unknown'}, or text that is not such a value`;
}
