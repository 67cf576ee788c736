import type { Config } from '../shared/runtime/config.ts';
import { connectDynamoDb } from '../shared/runtime/connect-dynamodb.ts';
import { connectRemoteDynamoDb } from '../shared/runtime/connect-remote-dynamodb.ts';
import { replicaTable } from '../shared/sinks/replica/resources.ts';

/** The services of what reads or writes the table here and in the other region. */
export const connectReplica = {
  dynamodb: connectDynamoDb,
  remoteDynamodb: (config: Config) => connectRemoteDynamoDb(config, replicaTable),
};
