import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { dynamoDbClient } from '../services/dynamodb/client.ts';
import type { DynamoDb } from '../services/dynamodb/port.ts';
import type { Config } from './config.ts';

/** DynamoDB where the environment points (`AWS_ENDPOINT_URL_DYNAMODB` on a laptop), or at an endpoint. */
export function connectDynamoDb({
  region,
  endpoint,
}: Pick<Config, 'region'> & { readonly endpoint?: string }): DynamoDb {
  return dynamoDbClient(
    new DynamoDBClient({
      region,
      ...(endpoint !== undefined && { endpoint }),
      // Every write is safe to repeat; longer trouble is the mapping's to wait out, not the function's.
      maxAttempts: 3,
      requestHandler: new NodeHttpHandler({
        connectionTimeout: 1_000,
        requestTimeout: 5_000,
        throwOnRequestTimeout: true,
      }),
    }),
  );
}
