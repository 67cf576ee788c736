import type { TableDefinition } from '../../shared/change/table-definition.ts';
import type { ConsumerDefinition } from '../../shared/runtime/consumer-definition.ts';
import { variablesOf } from '../../shared/runtime/resource-variables.ts';
import { searchIndexFor } from '../../shared/sinks/search-index/resources.ts';

/** Where each service answers, as an application or a function sees it. */
export interface Endpoints {
  readonly dynamodb: string;
  /** DynamoDB of the other region. */
  readonly remoteDynamodb: string;
  readonly kinesis: string;
  readonly s3: string;
  readonly sqs: string;
  readonly ses: string;
  readonly opensearch: string;
}

/** Loopback engines check neither; an SDK insists on having them. */
const credentials = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };

/** The variables that point any AWS SDK at the engines. */
export function sdkEnvironment(endpoints: Endpoints, region: string): Record<string, string> {
  return {
    AWS_REGION: region,
    ...credentials,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: endpoints.dynamodb,
    AWS_ENDPOINT_URL_KINESIS: endpoints.kinesis,
    AWS_ENDPOINT_URL_S3: endpoints.s3,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_SESV2: endpoints.ses,
  };
}

export interface FunctionEnvironmentOptions {
  readonly definition: ConsumerDefinition;
  readonly table: TableDefinition;
  readonly endpoints: Endpoints;
  readonly region: string;
  /** The region that this one's table is copied to. */
  readonly replica: string;
  readonly failures: { readonly bucket: string; readonly queueUrl: string };
}

/** Exactly what the deployed function would be given: the SDK's variables and those of what its definition uses. */
export function functionEnvironment(options: FunctionEnvironmentOptions): Record<string, string> {
  const { definition, table, endpoints, region, replica, failures } = options;
  const physical = {
    sourceTable: table.name,
    replica: {
      table: table.name,
      region: replica,
      endpoint: endpoints.remoteDynamodb,
      mode: 'active-active' as const,
    },
    index: searchIndexFor(table).index,
    searchEndpoint: endpoints.opensearch,
    sender: 'welcome@tributary.example',
    configurationSet: 'tributary-emails',
    // The local engine delivers every event, again and again until it is taken.
    onSilence: 'resend' as const,
  };
  return {
    ...sdkEnvironment(endpoints, region),
    TRIBUTARY_STAGE: 'laptop',
    POWERTOOLS_SERVICE_NAME: definition.name,
    DEAD_LETTER_BUCKET: failures.bucket,
    DEAD_LETTER_QUEUE_URL: failures.queueUrl,
    ...Object.assign({}, ...definition.uses.map((resource) => variablesOf(resource, physical))),
  };
}
