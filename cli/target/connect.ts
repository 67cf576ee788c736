import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { table } from '../../functions/table.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import type { Config } from '../../shared/runtime/config.ts';
import type { ConsumerDefinition, IndexResource } from '../../shared/runtime/consumer-definition.ts';
import type { Connections } from '../../shared/runtime/services.ts';
import { dynamoDbClient } from '../../shared/services/dynamodb/client.ts';
import type { DynamoDb } from '../../shared/services/dynamodb/port.ts';
import { tableStream } from '../../shared/services/dynamodb-streams/client.ts';
import { createOpenSearchClient } from '../../shared/services/opensearch/client.ts';
import { createIndexAdmin, type IndexAdmin } from '../../shared/services/opensearch/index-admin.ts';
import { createSearchAdmin } from '../../shared/services/opensearch/search-admin-client.ts';
import { s3ObjectStore } from '../../shared/services/s3/client.ts';
import { createSesClient, sesEmailService } from '../../shared/services/ses/client.ts';
import { sqsWorkQueue } from '../../shared/services/sqs/work-queue.ts';
import { searchIndexFor } from '../../shared/sinks/search-index/resources.ts';

/** Where the services of one region are. Without endpoints: AWS, as the SDK's usual settings lead to it. */
export interface ServicesAt {
  readonly region: string;
  readonly local?: {
    readonly endpoints: { readonly dynamodb: string; readonly s3: string; readonly sqs: string; readonly ses: string };
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
}

/** For a service that the function does not use: a name that no resolver knows. */
const nowhere = 'http://unused.invalid';
const requestTimeoutMs = 20_000;
/** What fits into an invocation of the operator function, however much of it JSON has to escape. */
const bulkBodyBytes = 1024 * 1024;

function searchAt(searched: IndexResource | undefined, config: Config) {
  return { endpoint: searched === undefined ? nowhere : config.value(searched.endpointVariable), requestTimeoutMs };
}

/** The services of one region, on clients that its consumers share. */
export function connectRegion(at: ServicesAt) {
  const { region, local } = at;
  const settings = (service: 'dynamodb' | 's3' | 'sqs' | 'ses') =>
    local === undefined ? { region } : { region, endpoint: local.endpoints[service], credentials: local.credentials };
  const s3 = new S3Client({ ...settings('s3'), forcePathStyle: local !== undefined });
  const sqs = new SQSClient(settings('sqs'));
  const client = new DynamoDBClient(settings('dynamodb'));
  const dynamodb = dynamoDbClient(client);
  const streams = new DynamoDBStreamsClient(settings('dynamodb'));
  const email = sesEmailService(createSesClient(settings('ses')));
  const remote = new Map<string, DynamoDb>();

  function remoteAt(where: { readonly region: string; readonly endpoint: string }): DynamoDb {
    const known = remote.get(where.endpoint);
    if (known !== undefined) return known;
    const made = dynamoDbClient(new DynamoDBClient({ ...where, ...(local && { credentials: local.credentials }) }));
    remote.set(where.endpoint, made);
    return made;
  }

  return {
    client,
    indexAdminOf({ uses }: ConsumerDefinition, config: Config): IndexAdmin {
      const searched = uses.find((use) => use.kind === 'searchIndex');
      return createIndexAdmin(createSearchAdmin(searchAt(searched, config)), searchIndexFor(table).pattern);
    },
    objects: (bucket: string) => s3ObjectStore(s3, bucket),
    queue: (url: string) => sqsWorkQueue(sqs, url),
    /** What there is to know of the table beside its items. */
    ofTable: (tableName: string) => ({
      stream: tableStream({ dynamodb: client, streams, tableName, clock: systemClock }),
      itemCount: async () => (await client.send(new DescribeTableCommand({ TableName: tableName }))).Table?.ItemCount,
    }),
    connectionsOf({ uses }: ConsumerDefinition, config: Config): Connections {
      const bucket = uses.find((use) => use.kind === 'bucket');
      const searched = uses.find((use) => use.kind === 'searchIndex');
      const replica = uses.find((use) => use.kind === 'replicaTable');
      return {
        dynamodb,
        email,
        remoteDynamodb:
          replica === undefined
            ? dynamodb
            : remoteAt({
                region: config.value(replica.regionVariable),
                endpoint: config.value(replica.endpointVariable),
              }),
        search: createOpenSearchClient({ ...searchAt(searched, config), bulkBodyBytes }),
        objects: s3ObjectStore(s3, bucket === undefined ? 'unused' : config.value(bucket.variable)),
      };
    },
  };
}
