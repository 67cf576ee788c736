import type { ConditionCheck, Delete, Put, Update } from '@aws-sdk/client-dynamodb';
import { conditionalCheckFailed, ValidationException } from './errors.ts';
import { updatedItem } from './expression/apply-update.ts';
import { type Condition, parseCondition } from './expression/condition.ts';
import { meets } from './expression/evaluate.ts';
import type { Path } from './expression/path.ts';
import { type Placeholders, placeholdersOf } from './expression/placeholders.ts';
import { parseUpdate, type UpdateAction } from './expression/update.ts';
import { type ItemKey, keyAttributes, keyOfItem, keyOfRequest } from './key.ts';
import { normalizedItem } from './normalize.ts';
import { itemBytes } from './size.ts';
import { findItem, type ItemChange, type TableState } from './table.ts';
import { cloneItem, type Item, typeOf } from './value.ts';

/** A write whose expressions are parsed; what it does depends on the item it will meet. */
export interface PreparedWrite {
  readonly table: TableState;
  readonly condition: Condition | undefined;
  readonly returnItemOnFailure: boolean;
  readonly effect:
    | { readonly kind: 'put'; readonly item: Item }
    | { readonly kind: 'update'; readonly key: Item; readonly actions: readonly UpdateAction[] }
    | { readonly kind: 'delete' | 'check'; readonly key: Item };
}

const maxItemBytes = 400 * 1024;

export function preparePut(table: TableState, input: Partial<Put>): PreparedWrite {
  return prepared(table, input, () => ({ kind: 'put', item: normalizedItem(required(input.Item, 'item')) }));
}

export function prepareUpdate(table: TableState, input: Partial<Update>): PreparedWrite {
  return prepared(table, input, (placeholders) => {
    const { UpdateExpression: expression } = input;
    const actions = expression === undefined ? [] : parseUpdate(expression, placeholders);
    return { kind: 'update', key: normalizedItem(required(input.Key, 'key')), actions };
  });
}

export function prepareDelete(table: TableState, input: Partial<Delete>): PreparedWrite {
  return prepared(table, input, () => ({ kind: 'delete', key: normalizedItem(required(input.Key, 'key')) }));
}

export function prepareCheck(table: TableState, input: Partial<ConditionCheck>): PreparedWrite {
  required(input.ConditionExpression, 'conditionExpression');
  return prepared(table, input, () => ({ kind: 'check', key: normalizedItem(required(input.Key, 'key')) }));
}

export function keyOf({ table, effect }: PreparedWrite): ItemKey {
  const { definition } = table;
  return effect.kind === 'put' ? keyOfItem(definition, effect.item) : keyOfRequest(definition, effect.key);
}

/**
 * What the write would do to the item as it is now. Nothing is committed.
 *
 * @throws {ConditionalCheckFailedException} with the item when the request asked for it
 * @throws {ValidationException} when the item cannot be updated so, or would not be storable
 */
export function planWrite(write: PreparedWrite): ItemChange {
  const { table, condition, effect } = write;
  const key = keyOf(write);
  if (effect.kind === 'update')
    assertKeyUntouched(
      table,
      effect.actions.map(({ path }) => path),
    );
  const before = findItem(table, key);
  if (condition !== undefined && !meets(before ?? {}, condition)) {
    throw conditionalCheckFailed(write.returnItemOnFailure && before !== undefined ? cloneItem(before) : undefined);
  }
  const after = afterWrite(effect, key, before);
  if (after !== undefined && after !== before) assertStorable(table, after, effect.kind);
  return { table, key, before, after };
}

function afterWrite(effect: PreparedWrite['effect'], key: ItemKey, before: Item | undefined): Item | undefined {
  switch (effect.kind) {
    case 'put':
      return effect.item;
    case 'update':
      return updatedItem(before ?? key.attributes, effect.actions);
    case 'delete':
      return undefined;
    case 'check':
      return before;
  }
}

interface CommonInput {
  readonly ConditionExpression?: string | undefined;
  readonly ReturnValuesOnConditionCheckFailure?: string | undefined;
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Item | undefined;
}

function prepared(
  table: TableState,
  input: CommonInput,
  effectOf: (placeholders: Placeholders) => PreparedWrite['effect'],
): PreparedWrite {
  const placeholders = placeholdersOf(input);
  const effect = effectOf(placeholders);
  const expression = input.ConditionExpression;
  const condition =
    expression === undefined ? undefined : parseCondition(expression, placeholders, 'ConditionExpression');
  placeholders.assertAllUsed();
  return { table, condition, effect, returnItemOnFailure: input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' };
}

function required<Value>(value: Value | undefined, member: string): Value {
  if (value !== undefined) return value;
  throw new ValidationException(
    `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
  );
}

function assertKeyUntouched(table: TableState, paths: readonly Path[]): void {
  const names = new Set(keyAttributes(table.definition).map(({ name }) => name));
  const touched = paths.find(([name]) => names.has(name));
  if (touched === undefined) return;
  throw new ValidationException(
    `One or more parameter values were invalid: Cannot update attribute ${touched[0]}. ` +
      'This attribute is part of the key',
  );
}

function assertStorable(table: TableState, item: Item, kind: string): void {
  if (itemBytes(item) > maxItemBytes) {
    throw new ValidationException(
      `Item size ${kind === 'update' ? 'to update ' : ''}has exceeded the maximum allowed size`,
    );
  }
  for (const index of table.definition.globalIndexes ?? []) {
    for (const { name, type } of keyAttributes(index)) {
      const value = item[name];
      if (value === undefined || value[type] !== undefined) continue;
      throw new ValidationException(
        `One or more parameter values were invalid: Type mismatch for Index Key ${name} ` +
          `Expected: ${type} Actual: ${typeOf(value)} IndexName: ${index.name}`,
      );
    }
  }
}
