import type { DynamoDb } from '../../services/dynamodb/port.ts';
import { classifyLedgerError } from './classify.ts';

/** Addresses that nothing is sent to any more. Compared without case: no mail server tells them apart by it. */
export interface Suppressions {
  includes(address: string): Promise<boolean>;
  add(address: string, reason: 'bounced' | 'complained'): Promise<void>;
}

export function createSuppressions(dynamodb: DynamoDb, tableName: string): Suppressions {
  return {
    async includes(address) {
      const Key = { address: { S: address.toLowerCase() } };
      try {
        const { Item } = await dynamodb.getItem({ TableName: tableName, Key, ConsistentRead: true });
        return Item !== undefined;
      } catch (error) {
        throw classifyLedgerError('looking up a suppressed address', error);
      }
    },
    async add(address, reason) {
      try {
        await dynamodb.putItem({
          TableName: tableName,
          Item: { address: { S: address.toLowerCase() }, reason: { S: reason } },
        });
      } catch (error) {
        throw classifyLedgerError('suppressing an address', error);
      }
    },
  };
}
