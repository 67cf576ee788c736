import type { DynamoDb } from '../services/dynamodb/port.ts';
import type { Config } from './config.ts';
import { connectDynamoDb } from './connect-dynamodb.ts';
import type { ReplicaTableResource } from './consumer-definition.ts';

/** DynamoDB of the other region, whose endpoint the SDK's own variable cannot name: a process has only one of that. */
export function connectRemoteDynamoDb(
  config: Pick<Config, 'value'>,
  { regionVariable, endpointVariable }: Pick<ReplicaTableResource, 'regionVariable' | 'endpointVariable'>,
): DynamoDb {
  return connectDynamoDb({ region: config.value(regionVariable), endpoint: config.value(endpointVariable) });
}
