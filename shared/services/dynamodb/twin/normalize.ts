import { SerializationException, ValidationException } from './errors.ts';
import { canonicalNumber } from './number.ts';
import {
  type AttributeValue,
  defineAttribute,
  equalValues,
  type Item,
  membersOf,
  setOf,
  typeOf,
  type ValueType,
} from './value.ts';

const maxDepth = 32;

/**
 * A deep copy of what a caller handed in, as DynamoDB would store it (canonical numbers), so that neither side can
 * change the other's.
 *
 * @throws {ValidationException} for anything DynamoDB refuses to store
 * @throws {SerializationException} for what it does not even take for a value
 */
export function normalizedItem(item: Item, depth = 0): Item {
  const copy: Item = {};
  for (const [name, value] of Object.entries(item)) {
    // `undefined` disappears in the JSON of the real protocol.
    if (value !== undefined) defineAttribute(copy, name, normalizedValue(value, depth));
  }
  return copy;
}

export function normalizedValue(value: AttributeValue, depth = 0): AttributeValue {
  if (depth > maxDepth) throw new ValidationException('Nesting Levels have exceeded supported limits');
  const type = typeOf(value);
  if (type === undefined) {
    throw new ValidationException(
      'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
    );
  }
  if (!holds[type](value[type])) throw new SerializationException(`A value of type ${type} is of another type`);
  if (value.S !== undefined) return { S: value.S };
  if (value.N !== undefined) return { N: canonicalNumber(value.N) };
  if (value.B !== undefined) return { B: Uint8Array.from(value.B) };
  if (value.BOOL !== undefined) return { BOOL: value.BOOL };
  if (value.NULL !== undefined) return normalizedNull(value.NULL);
  if (value.L !== undefined) return { L: value.L.map((element) => normalizedValue(element, depth + 1)) };
  if (value.M !== undefined) return { M: normalizedItem(value.M, depth + 1) };
  return normalizedSet(value, type);
}

const isText = (content: unknown) => typeof content === 'string';
const isBinary = (content: unknown) => content instanceof Uint8Array;
const isFlag = (content: unknown) => typeof content === 'boolean';
const listOf = (isMember: (member: unknown) => boolean) => (content: unknown) =>
  Array.isArray(content) && content.every(isMember);

/** Types are known when it is compiled only: a caller can hand on what it was given as JSON. */
const holds: Readonly<Record<ValueType, (content: unknown) => boolean>> = {
  S: isText,
  N: isText,
  B: isBinary,
  BOOL: isFlag,
  NULL: isFlag,
  SS: listOf(isText),
  NS: listOf(isText),
  BS: listOf(isBinary),
  L: listOf((member) => typeof member === 'object' && member !== null),
  M: (content) => typeof content === 'object' && content !== null && !Array.isArray(content),
};

function normalizedNull(value: boolean): AttributeValue {
  if (!value)
    throw new ValidationException(
      'One or more parameter values were invalid: Null attribute value types must have the value of true',
    );
  return { NULL: true };
}

function normalizedSet(value: AttributeValue, type: string): AttributeValue {
  const members = membersOf(value).map((member) => normalizedValue(member));
  const duplicate = members.some((member, index) =>
    members.slice(0, index).some((other) => equalValues(member, other)),
  );
  if (duplicate) {
    throw new ValidationException('One or more parameter values were invalid: Input collection contains duplicates.');
  }
  const set = type === 'SS' || type === 'NS' || type === 'BS' ? setOf(type, members) : undefined;
  if (set === undefined) {
    throw new ValidationException('One or more parameter values were invalid: An set may not be empty');
  }
  return set;
}
