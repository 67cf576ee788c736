import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { FatalConfigError } from '../../batch/errors.ts';
import { phaseKey } from './layout.ts';

/**
 * Which generation of the counters takes changes, and how. Every transaction that counts checks that the row is still
 * the one its deltas were made for. This code knows one phase: `live`, generation 1, stored or not yet stored.
 */
export type Phase = 'absent' | 'live-1';

/** @throws {FatalConfigError} when newer code has begun a phase that this one does not know: deploy that code. */
export function phaseOf(row: Record<string, AttributeValue> | undefined): Phase {
  if (row === undefined) return 'absent';
  if (row.phase?.S === 'live' && row.generation?.N === '1') return 'live-1';
  throw new FatalConfigError(
    'configuration',
    `the aggregates are in phase "${row.phase?.S ?? 'unknown'}" of generation ${row.generation?.N ?? 'unknown'}, ` +
      'which this version of the function does not know: deploy the version that began it',
  );
}

export function phaseCheck(options: { tableName: string; slice: number; phase: Phase }): TransactWriteItem {
  const target = { TableName: options.tableName, Key: phaseKey(options.slice) };
  if (options.phase === 'absent') {
    return {
      ConditionCheck: {
        ...target,
        ConditionExpression: 'attribute_not_exists(#scope)',
        ExpressionAttributeNames: { '#scope': 'scope' },
      },
    };
  }
  return {
    ConditionCheck: {
      ...target,
      ConditionExpression: '#phase = :phase AND #generation = :generation',
      ExpressionAttributeNames: { '#phase': 'phase', '#generation': 'generation' },
      ExpressionAttributeValues: { ':phase': { S: 'live' }, ':generation': { N: '1' } },
    },
  };
}
