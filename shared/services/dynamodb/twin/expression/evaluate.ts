import { type AttributeValue, compareValues, equalValues, type Item, membersOf, typeOf } from '../value.ts';
import type { Comparator, Condition, Operand } from './condition.ts';
import { type Path, readPath } from './path.ts';

/** Whether the item (empty: there is none) meets the condition. Values of different types never compare as true. */
export function meets(item: Item, condition: Condition): boolean {
  switch (condition.kind) {
    case 'and':
      return meets(item, condition.left) && meets(item, condition.right);
    case 'or':
      return meets(item, condition.left) || meets(item, condition.right);
    case 'not':
      return !meets(item, condition.condition);
    case 'exists':
      return (readPath(item, condition.path) !== undefined) === condition.expected;
    case 'compare':
      return compares(operandValue(item, condition.left), condition.comparator, operandValue(item, condition.right));
    case 'between': {
      const value = operandValue(item, condition.operand);
      return (
        compares(value, '>=', operandValue(item, condition.low)) &&
        compares(value, '<=', operandValue(item, condition.high))
      );
    }
    case 'in': {
      const value = operandValue(item, condition.operand);
      return condition.candidates.some((candidate) => compares(value, '=', operandValue(item, candidate)));
    }
    default:
      return meetsFunction(item, condition);
  }
}

function meetsFunction(
  item: Item,
  condition: Extract<Condition, { kind: 'attribute_type' | 'begins_with' | 'contains' }>,
): boolean {
  const value = readPath(item, condition.path);
  const argument = operandValue(item, condition.argument);
  if (value === undefined || argument === undefined) return false;
  if (condition.kind === 'attribute_type') return typeOf(value) === argument.S;
  if (condition.kind === 'begins_with') return beginsWith(value, argument);
  return contains(value, argument);
}

function beginsWith(value: AttributeValue, prefix: AttributeValue): boolean {
  if (value.S !== undefined && prefix.S !== undefined) return value.S.startsWith(prefix.S);
  if (value.B === undefined || prefix.B === undefined) return false;
  return Buffer.compare(value.B.subarray(0, prefix.B.length), prefix.B) === 0;
}

/** A missing attribute is unequal to everything (so `<>` holds) and neither smaller nor greater. */
function compares(
  left: AttributeValue | undefined,
  comparator: Comparator,
  right: AttributeValue | undefined,
): boolean {
  const equal = left !== undefined && right !== undefined && equalValues(left, right);
  if (comparator === '=') return equal;
  if (comparator === '<>') return !equal;
  const order = left === undefined || right === undefined ? undefined : compareValues(left, right);
  if (order === undefined) return false;
  if (comparator === '<') return order < 0;
  if (comparator === '<=') return order <= 0;
  return comparator === '>' ? order > 0 : order >= 0;
}

function contains(value: AttributeValue, operand: AttributeValue): boolean {
  if (value.S !== undefined && operand.S !== undefined) return value.S.includes(operand.S);
  if (value.B !== undefined && operand.B !== undefined) return Buffer.from(value.B).includes(Buffer.from(operand.B));
  return [...membersOf(value), ...(value.L ?? [])].some((member) => equalValues(member, operand));
}

function operandValue(item: Item, operand: Operand): AttributeValue | undefined {
  if (operand.kind === 'value') return operand.value;
  return operand.kind === 'path' ? readPath(item, operand.path) : sizeAt(item, operand.path);
}

/** Characters of text, bytes of binary, elements of a set, list or map; nothing for the other types. */
function sizeAt(item: Item, path: Path): AttributeValue | undefined {
  const value = readPath(item, path);
  if (value === undefined) return undefined;
  if (value.S !== undefined || value.B !== undefined) return { N: String((value.S ?? value.B).length) };
  if (value.L !== undefined) return { N: String(value.L.length) };
  if (value.M !== undefined) return { N: String(Object.keys(value.M).length) };
  const members = membersOf(value).length;
  return members === 0 ? undefined : { N: String(members) };
}
