import { ValidationException } from './errors.ts';
import { canonicalNumber } from './number.ts';
import { type AttributeValue, defineAttribute, equalValues, type Item, membersOf, setOf, typeOf } from './value.ts';

const maxDepth = 32;

/**
 * A deep copy of what a caller handed in, as DynamoDB would store it (canonical numbers), so that neither side can
 * change the other's. @throws {ValidationException} for anything DynamoDB refuses to store
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
  if (value.S !== undefined) return { S: value.S };
  if (value.N !== undefined) return { N: canonicalNumber(value.N) };
  if (value.B !== undefined) return { B: Uint8Array.from(value.B) };
  if (value.BOOL !== undefined) return { BOOL: value.BOOL };
  if (value.NULL !== undefined) return normalizedNull(value.NULL);
  if (value.L !== undefined) return { L: value.L.map((element) => normalizedValue(element, depth + 1)) };
  if (value.M !== undefined) return { M: normalizedItem(value.M, depth + 1) };
  return normalizedSet(value, type);
}

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
