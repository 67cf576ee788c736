import { DynamoDBClient, ListTablesCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import {
  ChangeMessageVisibilityCommand,
  ListQueuesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { s3ObjectStore } from '../../shared/services/s3/client.ts';

/** Something that is kept: a row, a document, an object, a message. */
export interface Kept {
  /** Such as `table users`, `index users-v1`, `bucket tributary-failures dead-letters`, `queue tributary-notices`. */
  readonly place: string;
  readonly id: string;
  readonly content: string | Uint8Array;
}

interface StoresOf {
  readonly region: string;
  readonly endpoints: {
    readonly dynamodb: string;
    readonly s3: string;
    readonly sqs: string;
    readonly opensearch: string;
    readonly ses: string;
  };
}

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** All that the stores of a region hold: every table, index, bucket and queue that there is, and the outbox. */
export async function everythingKept({ region, endpoints }: StoresOf): Promise<readonly Kept[]> {
  const common = { region, credentials };
  const dynamodb = new DynamoDBClient({ ...common, endpoint: endpoints.dynamodb });
  const s3 = new S3Client({ ...common, endpoint: endpoints.s3, forcePathStyle: true });
  const sqs = new SQSClient({ ...common, endpoint: endpoints.sqs });
  try {
    const parts = [rows(dynamodb), objects(s3), messages(sqs), documents(endpoints.opensearch), mails(endpoints.ses)];
    return (await Promise.all(parts)).flat();
  } finally {
    for (const client of [dynamodb, s3, sqs]) client.destroy();
  }
}

async function rows(client: DynamoDBClient): Promise<Kept[]> {
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  const kept: Kept[] = [];
  for (const TableName of TableNames) {
    for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true })) {
      for (const item of Items) kept.push({ place: `table ${TableName}`, id: '', content: asText(item) });
    }
  }
  return kept;
}

/** Bytes as base64, which is how everybody else writes them down. */
function asText(value: unknown): string {
  return JSON.stringify(value, (_name, each) =>
    each instanceof Uint8Array ? Buffer.from(each).toString('base64') : each,
  );
}

async function objects(client: S3Client): Promise<Kept[]> {
  const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
  const kept: Kept[] = [];
  for (const { Name = '' } of Buckets) {
    const store = s3ObjectStore(client, Name);
    for (const id of await store.list('')) {
      const content = await store.getBytes(id);
      if (content !== undefined) kept.push({ place: `bucket ${Name} ${id.split('/')[0]}`, id, content });
    }
  }
  return kept;
}

/** Taken, and given back at once. */
async function messages(client: SQSClient): Promise<Kept[]> {
  const { QueueUrls = [] } = await client.send(new ListQueuesCommand({}));
  const kept: Kept[] = [];
  for (const QueueUrl of QueueUrls) {
    const taken: Message[] = [];
    for (;;) {
      const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      if (Messages.length === 0) break;
      taken.push(...Messages);
    }
    for (const { MessageId: id = '', Body: content = '', ReceiptHandle } of taken) {
      kept.push({ place: `queue ${QueueUrl.split('/').at(-1)}`, id, content });
      await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
    }
  }
  return kept;
}

async function documents(endpoint: string): Promise<Kept[]> {
  const indices = (await (await fetch(`${endpoint}/_cat/indices?format=json`)).json()) as { readonly index: string }[];
  const kept = indices.map(async ({ index }) => {
    const answer = await fetch(`${endpoint}/${index}/_search?size=10000`);
    const { hits } = (await answer.json()) as { hits: { hits: { _id: string; _source: unknown }[] } };
    return hits.hits.map(({ _id, _source }) => ({ place: `index ${index}`, id: _id, content: asText(_source) }));
  });
  return (await Promise.all(kept)).flat();
}

async function mails(endpoint: string): Promise<Kept[]> {
  return [{ place: 'outbox', id: '', content: await (await fetch(`${endpoint}/outbox?limit=1000`)).text() }];
}
