import type { DynamoDb } from '../services/dynamodb/port.ts';

/** What each part of the DynamoDB contract is given. */
export interface ContractContext {
  readonly dynamoDb: () => DynamoDb;
  /** A key that no other test has. */
  readonly freshKey: () => string;
  readonly test: (name: string, run: () => Promise<void>) => void;
}
