import { ValidationException } from '../errors.ts';
import { addNumbers } from '../number.ts';
import { type AttributeValue, cloneItem, cloneValue, equalValues, type Item, membersOf, setOf } from '../value.ts';
import { readPath, removePaths, writePath } from './path.ts';
import type { SetOperand, UpdateAction } from './update.ts';

const wrongType = 'An operand in the update expression has an incorrect data type';
const missing = 'The provided expression refers to an attribute that does not exist in the item';
const badPath = 'The document path provided in the update expression is invalid for update';

/** The item after the update. Every action sees the item as it was before, whatever their order. */
export function updatedItem(before: Item, actions: readonly UpdateAction[]): Item {
  const after = cloneItem(before);
  const removed = [];
  for (const action of actions) {
    const value = action.kind === 'REMOVE' ? undefined : newValue(before, action);
    if (value !== undefined && !writePath(after, action.path, cloneValue(value))) {
      throw new ValidationException(badPath);
    }
    if (value === undefined) removed.push(action.path);
  }
  if (!removePaths(after, removed)) throw new ValidationException(badPath);
  return after;
}

/** Undefined: the attribute goes away. */
function newValue(before: Item, action: Exclude<UpdateAction, { kind: 'REMOVE' }>): AttributeValue | undefined {
  if (action.kind === 'SET') return evaluate(before, action.operand);
  const current = readPath(before, action.path);
  return action.kind === 'ADD' ? added(current, action.value) : without(current, action.value);
}

function evaluate(before: Item, operand: SetOperand): AttributeValue {
  switch (operand.kind) {
    case 'value':
      return operand.value;
    case 'path': {
      const value = readPath(before, operand.path);
      if (value === undefined) throw new ValidationException(missing);
      return value;
    }
    case 'if_not_exists':
      return readPath(before, operand.path) ?? evaluate(before, operand.otherwise);
    case 'list_append': {
      const left = evaluate(before, operand.left).L;
      const right = evaluate(before, operand.right).L;
      if (left === undefined || right === undefined) throw new ValidationException(wrongType);
      return { L: [...left, ...right] };
    }
    default: {
      const left = evaluate(before, operand.left).N;
      const right = evaluate(before, operand.right).N;
      if (left === undefined || right === undefined) throw new ValidationException(wrongType);
      return { N: addNumbers(left, right, operand.kind) };
    }
  }
}

function added(current: AttributeValue | undefined, value: AttributeValue): AttributeValue {
  if (current === undefined) return value;
  if (current.N !== undefined && value.N !== undefined) return { N: addNumbers(current.N, value.N) };
  const type = sharedSetType(current, value);
  const members = membersOf(current);
  const newMembers = membersOf(value).filter((member) => !members.some((other) => equalValues(member, other)));
  return setOf(type, [...members, ...newMembers]) ?? current;
}

function without(current: AttributeValue | undefined, value: AttributeValue): AttributeValue | undefined {
  if (current === undefined) return undefined;
  const gone = membersOf(value);
  const type = sharedSetType(current, value);
  return setOf(
    type,
    membersOf(current).filter((member) => !gone.some((other) => equalValues(member, other))),
  );
}

function sharedSetType(current: AttributeValue, value: AttributeValue): 'SS' | 'NS' | 'BS' {
  if (current.SS !== undefined && value.SS !== undefined) return 'SS';
  if (current.NS !== undefined && value.NS !== undefined) return 'NS';
  if (current.BS !== undefined && value.BS !== undefined) return 'BS';
  throw new ValidationException(wrongType);
}
