import { refusedCondition } from './classify.ts';
import { rowOf } from './ledger-row.ts';
import type { LedgerTable } from './row-update.ts';

/** What is left of a mail's row: that the mail is owed no more, and nothing of whom it was for. */
export interface ForgottenRow {
  readonly isThere: boolean;
  /** Whether it still tells whom the mail was for. */
  readonly isNeeded: boolean;
  /** Where the mail was to go, as far as the row still knows. */
  readonly address?: string;
}

export async function readForgotten(table: LedgerTable, id: string): Promise<ForgottenRow> {
  const { Item } = await table.dynamodb.getItem({
    TableName: table.tableName,
    Key: { id: { S: id } },
    ConsistentRead: true,
  });
  if (Item === undefined) return { isThere: false, isNeeded: false };
  const { to, subject, state } = rowOf(Item);
  // It would let a mail be sent that is still on its way.
  if (state === 'waived') return { isThere: false, isNeeded: false };
  return to === '' && subject === ''
    ? { isThere: true, isNeeded: false }
    : { isThere: true, isNeeded: true, address: to };
}

/**
 * Empties the row, and makes one where none is: a mail whose row is gone could be sent again, by a record that is still
 * on its way. A mail that was not sent yet is not sent any more.
 */
export async function forgetRow({ dynamodb, tableName }: LedgerTable, id: string): Promise<void> {
  await dynamodb.updateItem({
    TableName: tableName,
    Key: { id: { S: id } },
    UpdateExpression:
      'SET #to = :empty, #subject = :empty, #text = :empty, #html = :empty, #state = if_not_exists(#state, :final), ' +
      '#attempt = if_not_exists(#attempt, :none), #owner = if_not_exists(#owner, :owner) REMOVE #lane, #dueAtMs',
    ExpressionAttributeNames: names('to', 'subject', 'text', 'html', 'state', 'attempt', 'owner', 'lane', 'dueAtMs'),
    ExpressionAttributeValues: {
      ...{ ':empty': { S: '' }, ':final': { S: 'suppressed' }, ':none': { N: '0' }, ':owner': { S: 'forgotten' } },
    },
  });
  try {
    await dynamodb.updateItem({
      TableName: tableName,
      Key: { id: { S: id } },
      UpdateExpression: 'SET #state = :final, #owner = :owner',
      ConditionExpression: '#state IN (:a, :b, :c, :d, :e)',
      ExpressionAttributeNames: names('state', 'owner'),
      ExpressionAttributeValues: {
        ...{ ':final': { S: 'suppressed' }, ':owner': { S: 'forgotten' }, ':a': { S: 'reserved' } },
        ...{ ':b': { S: 'refused' }, ':c': { S: 'parked' }, ':d': { S: 'rejected' }, ':e': { S: 'waived' } },
      },
    });
  } catch (error) {
    if (refusedCondition(error) === undefined) throw error;
  }
}

function names(...all: readonly string[]): Record<string, string> {
  return Object.fromEntries(all.map((name) => [`#${name}`, name]));
}
