import { classifyLedgerError, refusedCondition } from './classify.ts';
import type { LedgerTable } from './row-update.ts';

/**
 * Notes that nothing is owed for an id, so that nobody looks for its mail any more. It does not hold up an insert that
 * comes after all: that one reserves its mail as if there were no row. False when the ledger knows the id already.
 *
 * @throws {PipelineError}
 */
export async function waive({ dynamodb, tableName }: LedgerTable, id: string): Promise<boolean> {
  const nothing = { to: { S: '' }, subject: { S: '' }, text: { S: '' }, html: { S: '' } };
  try {
    await dynamodb.putItem({
      TableName: tableName,
      Item: { id: { S: id }, ...nothing, state: { S: 'waived' }, attempt: { N: '0' }, owner: { S: 'operator' } },
      ConditionExpression: 'attribute_not_exists(id)',
    });
    return true;
  } catch (error) {
    if (refusedCondition(error) !== undefined) return false;
    throw classifyLedgerError('waiving', error);
  }
}
