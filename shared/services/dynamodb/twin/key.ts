import { ValidationException } from './errors.ts';
import { type AttributeValue, type Item, typeOf } from './value.ts';

export interface KeyAttribute {
  readonly name: string;
  readonly type: 'S' | 'N' | 'B';
}

export interface KeySchema {
  readonly partitionKey: KeyAttribute;
  readonly sortKey?: KeyAttribute;
}

/** An item's key, in text that is equal exactly when the keys are. `sort` is empty without a sort key. */
export interface ItemKey {
  readonly attributes: Item;
  readonly partition: string;
  readonly sort: string;
}

const maxBytes = { partition: 2048, sort: 1024 };

/** The key of a request's `Key`: exactly the key attributes, nothing else. */
export function keyOfRequest(schema: KeySchema, key: Item | undefined): ItemKey {
  const names = keyAttributes(schema).map(({ name }) => name);
  const fits = Object.keys(key ?? {}).length === names.length;
  const typed = keyAttributes(schema).every(({ name, type }) => key?.[name]?.[type] !== undefined);
  if (key === undefined || !fits || !typed) {
    throw new ValidationException('The provided key element does not match the schema');
  }
  return keyOfItem(schema, key);
}

/** @throws {ValidationException} when the item lacks a key attribute, or one is of another type, empty or too long */
export function keyOfItem(schema: KeySchema, item: Item): ItemKey {
  const attributes: Item = {};
  for (const { name, type } of keyAttributes(schema)) {
    const value = item[name];
    if (value === undefined) throw invalid(`Missing the key ${name} in the item`);
    if (value[type] === undefined) {
      throw invalid(`Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`);
    }
    attributes[name] = value;
  }
  return {
    attributes,
    partition: encodeKeyPart(schema.partitionKey, attributes, 'partition'),
    sort: schema.sortKey === undefined ? '' : encodeKeyPart(schema.sortKey, attributes, 'sort'),
  };
}

export function keyAttributes(schema: KeySchema): readonly KeyAttribute[] {
  return schema.sortKey === undefined ? [schema.partitionKey] : [schema.partitionKey, schema.sortKey];
}

/** Text of a stored (canonical) key value, equal exactly when the values are. */
export function encodeKeyValue(value: AttributeValue): string {
  return value.S ?? value.N ?? Buffer.from(value.B ?? []).toString('base64');
}

function encodeKeyPart({ name }: KeyAttribute, attributes: Item, part: 'partition' | 'sort'): string {
  const value = attributes[name];
  if (value === undefined) throw invalid(`Missing the key ${name} in the item`);
  const bytes = value.B?.length ?? Buffer.byteLength(value.S ?? value.N ?? '');
  if (bytes === 0) {
    const kind = value.B === undefined ? 'string' : 'binary';
    throw new ValidationException(
      'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ' +
        `${kind} value. Key: ${name}`,
    );
  }
  if (bytes > maxBytes[part]) {
    const kind = part === 'partition' ? 'hashkey' : 'rangekey';
    throw invalid(`Size of ${kind} has exceeded the maximum size limit of${maxBytes[part]} bytes`);
  }
  return encodeKeyValue(value);
}

function invalid(problem: string): ValidationException {
  return new ValidationException(`One or more parameter values were invalid: ${problem}`);
}
