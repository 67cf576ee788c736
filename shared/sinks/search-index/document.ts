import { createHash } from 'node:crypto';
import type { AttributeMap } from '../../change/attribute-value.ts';
import { InvalidRecordError } from '../../change/invalid-record.ts';
import { keyText } from '../../change/key-text.ts';
import { readBoolean, readDecimal, readString, readStringSet, readTimestamp } from '../../change/read-attribute.ts';
import type { AttributeDefinition, EntityDefinition, TableDefinition } from '../../change/table-definition.ts';

/** A document's own attributes, ready for JSON. Numbers are texts: `_source` keeps all their digits. */
export type DocumentFields = Readonly<Record<string, FieldValue>>;

type FieldValue = string | boolean | readonly string[];

/** What tributary keeps in each document beside the item's attributes. */
export interface ChangeMark {
  /** Identities of the changes that this document stands for: more than one only after a tie. */
  readonly changes: readonly string[];
  readonly changedAt: string;
  /** True for a tombstone: kept so that a late older write cannot resurrect the item, hidden by the readers' alias. */
  readonly deleted: boolean;
}

export const changeMarkField = 'tributary';

const maximumIdBytes = 512;
const hashPrefix = 'sha256:';

/**
 * The attributes of an image that the table definition wants searched.
 *
 * @throws {InvalidRecordError} when a value is of another type than the definition says.
 */
export function documentFields(image: AttributeMap, entity: EntityDefinition): DocumentFields {
  const fields: Record<string, FieldValue> = {};
  for (const [name, { search, type }] of Object.entries(entity.attributes)) {
    const value = search === undefined ? undefined : readers[type](image, name);
    if (value !== undefined) fields[name] = value;
  }
  return fields;
}

export function documentJson(fields: DocumentFields, mark: ChangeMark): string {
  return JSON.stringify({ ...fields, [changeMarkField]: mark });
}

/**
 * One text for a key, distinct for distinct keys. A key of a single text is the text itself; what is longer than
 * OpenSearch takes becomes its hash.
 */
export function documentId(keys: AttributeMap, { partitionKey, sortKey }: TableDefinition): string {
  const plain = sortKey === undefined && partitionKey.type === 'S';
  const id = plain ? readString(keys, partitionKey.name, 'keys') : keyText(keys);
  if (id === undefined) throw new InvalidRecordError(`keys.${partitionKey.name}`, 'is missing');
  // A key that reads like a hash is hashed as well: it may be what a long key is called.
  const isTaken = Buffer.byteLength(id) <= maximumIdBytes && !id.startsWith(hashPrefix);
  return isTaken ? id : `${hashPrefix}${createHash('sha256').update(id).digest('hex')}`;
}

type Reader = (image: AttributeMap, name: string) => FieldValue | undefined;

const path = 'newImage';

const readers: Readonly<Record<AttributeDefinition['type'], Reader>> = {
  string: (image, name) => readString(image, name, path),
  decimal: (image, name) => readDecimal(image, name, path),
  epochSeconds: (image, name) => readDecimal(image, name, path),
  boolean: (image, name) => readBoolean(image, name, path),
  timestamp: (image, name) => {
    readTimestamp(image, name, path);
    return readString(image, name, path);
  },
  stringSet: (image, name) => readStringSet(image, name, path),
  binary: (_image, name) => notSearchable(name),
  map: (_image, name) => notSearchable(name),
};

function notSearchable(name: string): never {
  throw new InvalidRecordError(
    `${path}.${name}`,
    'is a map or binary, which no search type takes: see the table definition',
  );
}
