import type { WindowSink } from '../../batch/sink.ts';
import type { DynamoDb } from '../../services/dynamodb/port.ts';
import { classify } from './classify.ts';
import { toItem } from './row.ts';
import { readCounts, type Usage, withUsage } from './window-state.ts';

export interface UsageWindowsOptions {
  readonly dynamodb: DynamoDb;
  readonly tableName: string;
}

/**
 * Changes by operation, and about how many were active, for each window of arrival.
 *
 * *Approximate, by arrival time.* A record is counted in the window in which Kinesis took it in, which is not when the
 * item was written; a change that Kinesis holds twice is counted twice (not so who was active: a sketch that sees a
 * name again stays as it is); the number of active ones is an estimate, within about 1.6 %; and what lies between a
 * record and its row is a state that Lambda keeps. As long as Lambda hands that on as it says, a record is counted once
 * however often it is delivered: the state covers exactly what was resolved, and the row is put whole.
 *
 * The row's key has the first record that it counts, so a window that was ended early leaves several rows, which are
 * added up on reading. A row is never replaced by one that counts less: a write that lands late may be from before
 * records came that the window took in after its first, unanswered end.
 */
export function createUsageWindowsSink({ dynamodb, tableName }: UsageWindowsOptions): WindowSink<Usage> {
  return {
    strategy: 'window',
    fold: withUsage,
    close: async (window, state) => {
      const counts = readCounts(state);
      if (counts === undefined) return;
      const item = toItem(window, counts);
      try {
        await dynamodb.putItem({
          TableName: tableName,
          Item: item,
          ConditionExpression: 'attribute_not_exists(#part) OR #total <= :total',
          ExpressionAttributeNames: { '#part': 'part', '#total': 'total' },
          ExpressionAttributeValues: { ':total': item.total ?? { N: '0' } },
        });
      } catch (error) {
        const refusal = classify(error);
        if (refusal !== 'covered') throw refusal; // recovery: window-not-stored
      }
    },
  };
}
