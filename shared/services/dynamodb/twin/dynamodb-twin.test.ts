import { describe } from 'vitest';
import { describeDynamoDbContract } from '../../../testing/dynamodb-contract.ts';
import { contractTables } from '../../../testing/dynamodb-contract-tables.ts';
import { dynamoDbTwin } from './dynamodb-twin.ts';

describe('the DynamoDB twin keeps the contract', () => {
  describeDynamoDbContract({ open: async () => dynamoDbTwin({ tables: contractTables }) });
});
