import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { DynamoDb } from '../../services/dynamodb/port.ts';
import { classifyLedgerError, refusedCondition } from './classify.ts';
import type { Attempt, EmailState, LedgerRow } from './ledger-row.ts';

export interface LedgerTable {
  readonly dynamodb: DynamoDb;
  readonly tableName: string;
}

/** A conditional change of one row. Attributes go by `#name` (`state` and `owner` are reserved words). */
export interface RowUpdate {
  /** What is being done, for the error message. */
  readonly step: string;
  readonly id: string;
  readonly set: string;
  readonly condition: Condition;
  readonly values: Values;
  /** The token that this update writes, if it writes one. */
  readonly ownToken?: string;
}

interface Condition {
  readonly expression: string;
  readonly values: Values;
}

type Values = NonNullable<UpdateItemCommandInput['ExpressionAttributeValues']>;

/**
 * False when the condition does not hold. A refusal by a row that shows the writer's own fresh token is success: the
 * write was applied, its reply was lost and the SDK repeated it.
 *
 * @throws {PipelineError}
 */
export async function updateRow({ dynamodb, tableName }: LedgerTable, update: RowUpdate): Promise<boolean> {
  const { step, id, set, condition, values, ownToken } = update;
  try {
    await dynamodb.updateItem({
      TableName: tableName,
      Key: { id: { S: id } },
      UpdateExpression: set,
      ConditionExpression: condition.expression,
      ExpressionAttributeNames: namesIn(`${set} ${condition.expression}`),
      ExpressionAttributeValues: { ...condition.values, ...values },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return true;
  } catch (error) {
    const refused = refusedCondition(error);
    if (refused === undefined) throw classifyLedgerError(step, error);
    return ownToken !== undefined && refused.owner === ownToken; // recovery: row-has-moved
  }
}

/** The row has not moved since it was read: every attempt brings another number and another owner. */
export function asRead(row: LedgerRow): Condition {
  return {
    expression: '#state = :stateRead AND #attempt = :attemptRead AND #owner = :ownerRead',
    values: {
      ':stateRead': { S: row.state },
      ':attemptRead': { N: String(row.attempt) },
      ':ownerRead': { S: row.owner },
    },
  };
}

/** The attempt is still the one that the row is about: a late write of an earlier attempt finds another owner. */
export function held(attempt: Attempt): Condition {
  return {
    expression: '#state = :sending AND #owner = :holder',
    values: { ':sending': { S: 'sending' }, ':holder': { S: attempt.owner } },
  };
}

export function inOneOf(states: readonly EmailState[]): Condition {
  const values = Object.fromEntries(states.map((state) => [`:${state}`, { S: state }]));
  return { expression: `#state IN (${Object.keys(values).join(', ')})`, values };
}

function namesIn(expression: string): Record<string, string> {
  return Object.fromEntries((expression.match(/#\w+/g) ?? []).map((name) => [name, name.slice(1)]));
}
