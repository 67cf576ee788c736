import type { AttributeMap } from './attribute-value.ts';
import { InvalidRecordError } from './invalid-record.ts';
import {
  readBinary,
  readBoolean,
  readDecimal,
  readEpochSeconds,
  readMap,
  readString,
  readStringSet,
  readTimestamp,
} from './read-attribute.ts';
import type { AttributeType, EntityDefinition, KeyAttribute, TableDefinition } from './table-definition.ts';

type Reader = (image: AttributeMap, name: string, path: string) => unknown;

const readers: { readonly [type in AttributeType]: Reader } = {
  string: readString,
  decimal: readDecimal,
  boolean: readBoolean,
  binary: readBinary,
  timestamp: readTimestamp,
  epochSeconds: readEpochSeconds,
  stringSet: readStringSet,
  map: readMap,
};

const keyReaders: { readonly [type in KeyAttribute['type']]: Reader } = {
  S: readString,
  N: readDecimal,
  B: readBinary,
};

/**
 * Checks the attributes that a consumer declares to read, and no others: an error elsewhere is not its concern.
 *
 * @throws {InvalidRecordError} naming the first attribute that has another type or is required and absent.
 * @throws {TypeError} when the table defines no such attribute: a mistake in the consumer.
 */
export function validateAttributes(options: {
  readonly table: TableDefinition;
  readonly entity: EntityDefinition;
  readonly image: AttributeMap;
  readonly names: readonly string[];
  /** What the image is called in an error. */
  readonly path: string;
}): void {
  for (const name of options.names) {
    const { read, required } = rule(options.table, options.entity, name);
    const value = read(options.image, name, options.path);
    if (required && value === undefined) throw new InvalidRecordError(`${options.path}.${name}`, 'is missing');
  }
}

function rule(table: TableDefinition, entity: EntityDefinition, name: string): { read: Reader; required: boolean } {
  const attribute = entity.attributes[name];
  if (attribute !== undefined) return { read: readers[attribute.type], required: attribute.required ?? false };
  const key = [table.partitionKey, table.sortKey].find((candidate) => candidate?.name === name);
  if (key !== undefined) return { read: keyReaders[key.type], required: true };
  throw new TypeError(`entity ${entity.name} of table ${table.name} defines no attribute ${name}`);
}
