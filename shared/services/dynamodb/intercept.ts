import type { DynamoDb } from './port.ts';

/** One call, as an interceptor sees it. */
export type DynamoDbCall = {
  readonly [Operation in keyof DynamoDb]: {
    readonly operation: Operation;
    readonly input: Parameters<DynamoDb[Operation]>[0];
  };
}[keyof DynamoDb];

/**
 * Stands around every call: throw instead of proceeding (throttled), throw afterwards (the reply is lost), proceed
 * twice (the SDK repeats a call), or wait in the middle of a schedule.
 */
export type Intercept = <Output>(call: DynamoDbCall, proceed: () => Promise<Output>) => Promise<Output>;

export function interceptDynamoDb(dynamoDb: DynamoDb, intercept: Intercept): DynamoDb {
  return {
    getItem: (input) => intercept({ operation: 'getItem', input }, () => dynamoDb.getItem(input)),
    putItem: (input) => intercept({ operation: 'putItem', input }, () => dynamoDb.putItem(input)),
    updateItem: (input) => intercept({ operation: 'updateItem', input }, () => dynamoDb.updateItem(input)),
    deleteItem: (input) => intercept({ operation: 'deleteItem', input }, () => dynamoDb.deleteItem(input)),
    query: (input) => intercept({ operation: 'query', input }, () => dynamoDb.query(input)),
    scan: (input) => intercept({ operation: 'scan', input }, () => dynamoDb.scan(input)),
    batchWriteItem: (input) => intercept({ operation: 'batchWriteItem', input }, () => dynamoDb.batchWriteItem(input)),
    transactWriteItems: (input) =>
      intercept({ operation: 'transactWriteItems', input }, () => dynamoDb.transactWriteItems(input)),
  };
}
