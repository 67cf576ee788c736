import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { Client as SearchClient } from '@opensearch-project/opensearch';
import { createLocalKinesisClient } from '../engines/kinesis-client.ts';
import type { Endpoints } from './function-environment.ts';

/** Plain clients of the engines, for setting things up and for looking at them. */
export interface Clients {
  readonly dynamodb: DynamoDBClient;
  readonly kinesis: KinesisClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly opensearch: SearchClient;
  stop(): Promise<void>;
}

export function createClients(endpoints: Endpoints, region: string): Clients {
  const common = { region, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const dynamodb = new DynamoDBClient({ ...common, endpoint: endpoints.dynamodb });
  const kinesis = createLocalKinesisClient({ endpoint: endpoints.kinesis, region });
  const s3 = new S3Client({ ...common, endpoint: endpoints.s3, forcePathStyle: true });
  const sqs = new SQSClient({ ...common, endpoint: endpoints.sqs });
  // What it would repeat for want of patience, such as making an index, is refused the second time as already there.
  const opensearch = new SearchClient({ node: endpoints.opensearch, requestTimeout: 120_000, maxRetries: 0 });
  return {
    dynamodb,
    kinesis,
    s3,
    sqs,
    opensearch,
    stop: async () => {
      for (const client of [dynamodb, kinesis, s3, sqs]) client.destroy();
      await opensearch.close();
    },
  };
}
