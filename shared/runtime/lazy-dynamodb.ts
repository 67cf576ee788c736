import type { DynamoDb } from '../services/dynamodb/port.ts';
import type { Config } from './config.ts';

/** DynamoDB for a function that seldom needs it: its client is loaded at the first call, not at the cold start. */
export function lazyDynamoDb(config: Pick<Config, 'region'>): DynamoDb {
  let connected: Promise<DynamoDb> | undefined;
  const dynamodb = () => {
    connected ??= import('./connect-dynamodb.ts').then(({ connectDynamoDb }) => connectDynamoDb(config));
    return connected;
  };
  return {
    getItem: async (input) => (await dynamodb()).getItem(input),
    putItem: async (input) => (await dynamodb()).putItem(input),
    updateItem: async (input) => (await dynamodb()).updateItem(input),
    deleteItem: async (input) => (await dynamodb()).deleteItem(input),
    query: async (input) => (await dynamodb()).query(input),
    scan: async (input) => (await dynamodb()).scan(input),
    batchWriteItem: async (input) => (await dynamodb()).batchWriteItem(input),
    transactWriteItems: async (input) => (await dynamodb()).transactWriteItems(input),
  };
}
