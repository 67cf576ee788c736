import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { convertToAttr, convertToNative, type NativeAttributeValue, NumberValueImpl } from '@aws-sdk/util-dynamodb';
import { canonicalDecimal } from '../change/decimal.ts';
import { WriteError } from './write-error.ts';

/**
 * An item or a key as JavaScript values, as with the SDK's document client: string, number, bigint, boolean, null,
 * binary, array, plain object, and Set of strings, numbers or binary. `undefined` is no attribute.
 *
 * Numbers: a `number` is stored in the digits that JavaScript prints, and refused beyond 2^53, where it is not exact; a
 * `bigint` and a `NumberValue` of `@aws-sdk/lib-dynamodb` are stored exactly. What is read is a `number` when that is
 * exact, and otherwise a `NumberValue` with every digit, so reading and putting an item back loses nothing.
 */
export type PlainItem = Readonly<Record<string, PlainValue>>;

export type PlainValue = NativeAttributeValue;

export type StoredItem = Record<string, AttributeValue>;

/** @throws {WriteError} `invalid-item`, naming the attribute that cannot be stored. */
export function toStored(item: PlainItem): StoredItem {
  return Object.fromEntries(
    Object.entries(item)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, toStoredValue(name, value)]),
  );
}

export function toPlain(item: StoredItem): Record<string, PlainValue> {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, convertToNative(value, { wrapNumbers: exactNumber })]),
  );
}

function toStoredValue(name: string, value: PlainValue): AttributeValue {
  try {
    return convertToAttr(value, { removeUndefinedValues: true });
  } catch (cause) {
    const problem =
      `The attribute ${name} cannot be stored. Possible are strings, numbers up to 2^53 (larger ones as bigint or ` +
      'NumberValue), booleans, null, binary, arrays, plain objects and sets that are not empty; a Date as text.';
    throw new WriteError('invalid-item', problem, { cause });
  }
}

/** A `number` beyond 2^53 may look exact and would not be taken back. */
function exactNumber(text: string): number | NumberValueImpl {
  const number = Number(text);
  const exact =
    Math.abs(number) <= Number.MAX_SAFE_INTEGER && canonicalDecimal(String(number)) === canonicalDecimal(text);
  return exact ? number : NumberValueImpl.from(text);
}
