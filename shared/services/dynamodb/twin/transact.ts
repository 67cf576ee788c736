import {
  type CancellationReason,
  ConditionalCheckFailedException,
  type TransactWriteItem,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { transactionCanceled, ValidationException } from './errors.ts';
import type { ItemChange, TableState } from './table.ts';
import {
  keyOf,
  type PreparedWrite,
  planWrite,
  prepareCheck,
  prepareDelete,
  preparePut,
  prepareUpdate,
} from './write.ts';

const maxItems = 100;

/**
 * The changes of a transaction, in the order of the request; nothing is committed.
 *
 * @throws {TransactionCanceledException} with one reason per item, in order, when any of them fails
 * @throws {ValidationException} when the request itself is wrong
 */
export function planTransaction(
  input: TransactWriteItemsCommandInput,
  tableNamed: (name: string | undefined) => TableState,
): ItemChange[] {
  const items = input.TransactItems ?? [];
  if (items.length === 0 || items.length > maxItems) {
    throw new ValidationException(
      "1 validation error detected: Value at 'transactItems' failed to satisfy constraint: " +
        `Member must have length between 1 and ${maxItems}; it has ${items.length}`,
    );
  }
  const writes = items.map((item) => prepare(item, tableNamed));
  const outcomes = writes.map(planOrReason);
  assertDistinct(writes, outcomes);
  const changes = outcomes.flatMap((outcome) => ('key' in outcome ? outcome : []));
  if (changes.length === outcomes.length) return changes;
  throw transactionCanceled(outcomes.map((outcome) => ('key' in outcome ? { Code: 'None' } : outcome)));
}

function prepare(item: TransactWriteItem, tableNamed: (name: string | undefined) => TableState): PreparedWrite {
  const given = [item.Put, item.Update, item.Delete, item.ConditionCheck].filter((write) => write !== undefined);
  if (given.length === 1) {
    if (item.Put !== undefined) return preparePut(tableNamed(item.Put.TableName), item.Put);
    if (item.Update !== undefined) return prepareUpdate(tableNamed(item.Update.TableName), item.Update);
    if (item.Delete !== undefined) return prepareDelete(tableNamed(item.Delete.TableName), item.Delete);
    if (item.ConditionCheck !== undefined) {
      return prepareCheck(tableNamed(item.ConditionCheck.TableName), item.ConditionCheck);
    }
  }
  throw new ValidationException('TransactItems can only contain one of Check, Put, Update or Delete');
}

function planOrReason(write: PreparedWrite): ItemChange | CancellationReason {
  try {
    return planWrite(write);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) {
      const reason = { Code: 'ConditionalCheckFailed', Message: error.message };
      return error.Item === undefined ? reason : { ...reason, Item: error.Item };
    }
    if (error instanceof ValidationException) return { Code: 'ValidationError', Message: error.message };
    throw error;
  }
}

function assertDistinct(
  writes: readonly PreparedWrite[],
  outcomes: readonly (ItemChange | CancellationReason)[],
): void {
  const seen = new Set<string>();
  writes.forEach((write, index) => {
    const outcome = outcomes[index];
    // A key that does not fit its table has no identity to compare.
    if (outcome === undefined || ('Code' in outcome && outcome.Code === 'ValidationError')) return;
    const { partition, sort } = keyOf(write);
    const identity = JSON.stringify([write.table.definition.name, partition, sort]);
    if (seen.has(identity)) {
      throw new ValidationException('Transaction request cannot include multiple operations on one item');
    }
    seen.add(identity);
  });
}
