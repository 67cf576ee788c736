import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { tableStream } from '../services/dynamodb-streams/client.ts';
import type { TableStream } from '../services/dynamodb-streams/port.ts';
import { s3ObjectStore } from '../services/s3/client.ts';
import type { ObjectStore } from '../services/s3/port.ts';
import { systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { createS3Client } from './create-s3-client.ts';

/** What a build of totals reads beside tables: the stream of the table, and what failed. */
export function connectBuild(
  { region, deadLetters, value }: Config,
  tableVariable: string,
): { readonly stream: TableStream; readonly failures: ObjectStore } {
  const at = { region, maxAttempts: 3 };
  return {
    stream: tableStream({
      dynamodb: new DynamoDBClient(at),
      streams: new DynamoDBStreamsClient(at),
      tableName: value(tableVariable),
      clock: systemClock,
    }),
    failures: s3ObjectStore(createS3Client({ region, requestTimeoutMs: 15_000 }), deadLetters.bucket),
  };
}
