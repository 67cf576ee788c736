/** In what each DynamoDB that runs here differs from AWS's: `docs/engines.md` is the list, these are its proofs. */
import {
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { DescribeStreamCommand, DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DynamoDbEngine } from '../../local/engines/dynamodb.ts';
import { createJsonPoster } from '../../local/engines/post-json.ts';
import { credentials, region } from '../independent-engines.ts';
import { provider, startDynamoDb } from '../provided-engines.ts';
import { createStreamedTable } from '../streamed-table.ts';

const isDynoxide = provider === 'embedded';
const engineName = isDynoxide ? 'dynoxide' : 'DynamoDB Local';

interface RawRecord {
  readonly eventID: string;
  readonly eventName: string;
  readonly awsRegion: string;
  readonly userIdentity?: unknown;
  readonly dynamodb: {
    readonly SequenceNumber: string;
    readonly ApproximateCreationDateTime: number;
    readonly Keys: { readonly id: { readonly S: string } };
  };
}

describe(`${engineName}, ${provider}, differs from AWS`, () => {
  let engine: DynamoDbEngine;
  let dynamodb: DynamoDBClient;
  let streams: DynamoDBStreamsClient;

  beforeAll(async () => {
    engine = await startDynamoDb(region);
    const config = { endpoint: engine.url, region, credentials };
    dynamodb = new DynamoDBClient(config);
    streams = new DynamoDBStreamsClient(config);
  });

  afterAll(async () => {
    dynamodb?.destroy();
    streams?.destroy();
    await engine?.stop();
  });

  const createTable = (TableName: string) => createStreamedTable(dynamodb, { TableName });

  const put = (TableName: string, id: string, expiresAtSeconds?: number) =>
    dynamodb.send(
      new PutItemCommand({
        TableName,
        Item: {
          id: { S: id },
          ...(expiresAtSeconds === undefined ? {} : { expires: { N: String(expiresAtSeconds) } }),
        },
      }),
    );

  const streamOf = async (StreamArn: string) =>
    (await streams.send(new DescribeStreamCommand({ StreamArn }))).StreamDescription;

  /** As the engine writes them: the SDK, and the reader of this project, change some of it. */
  async function rawRecords(StreamArn: string): Promise<readonly RawRecord[]> {
    const [shard] = (await streamOf(StreamArn))?.Shards ?? [];
    const send = createJsonPoster(engine.url);
    const scope = `${region}/dynamodb/aws4_request`;
    const call = async (operation: string, input: object) => {
      const { body } = await send(input, {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDBStreams_20120810.${operation}`,
        authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${scope}, SignedHeaders=host, Signature=0`,
        'x-amz-date': '20260101T000000Z',
      });
      return body as { readonly ShardIterator?: string; readonly Records?: readonly RawRecord[] };
    };
    const at = { StreamArn, ShardId: shard?.ShardId, ShardIteratorType: 'TRIM_HORIZON' };
    const { ShardIterator } = await call('GetShardIterator', at);
    return (await call('GetRecords', { ShardIterator })).Records ?? [];
  }

  it('in whether a put that changes nothing is a record of the stream', async () => {
    const arn = await createTable('unchanged');
    for (const id of ['same', 'same', 'other']) await put('unchanged', id);
    const names = (await rawRecords(arn)).map(({ eventName }) => eventName);
    expect(names).toEqual(isDynoxide ? ['INSERT', 'MODIFY', 'INSERT'] : ['INSERT', 'INSERT']);
  });

  it('in the length of sequence numbers', async () => {
    const arn = await createTable('sequence-numbers');
    await put('sequence-numbers', 'a');
    const [record] = await rawRecords(arn);
    expect(record?.dynamodb.SequenceNumber).toMatch(isDynoxide ? /^\d{1,3}$/ : /^\d{21,40}$/);
  });

  it('in what an event id is, and whether two tables share one', async () => {
    const arns = [await createTable('ids-one'), await createTable('ids-two')];
    for (const table of ['ids-one', 'ids-two']) await put(table, 'a');
    const ids = (await Promise.all(arns.map(rawRecords))).flat().map(({ eventID }) => eventID);
    expect(new Set(ids).size).toBe(isDynoxide ? 1 : 2);
    for (const id of ids) expect(id).not.toMatch(/^[0-9a-f]{32}$/);
  });

  it('in the region that records name', async () => {
    const arn = await createTable('regions');
    await put('regions', 'a');
    expect((await rawRecords(arn))[0]?.awsRegion).toBe(isDynoxide ? 'dynoxide' : 'ddblocal');
    expect(arn.split(':')[3]).toBe(isDynoxide ? 'dynoxide' : 'ddblocal');
  });

  it('in whether a record tells the second of its change or only the minute', async () => {
    const arn = await createTable('times');
    const beganS = Math.floor(Date.now() / 1000);
    await put('times', 'a');
    const [time = 0] = (await rawRecords(arn)).map(({ dynamodb: change }) => change.ApproximateCreationDateTime);
    if (isDynoxide) expect(time).toBeGreaterThanOrEqual(beganS);
    else expect(time % 60).toBe(0);
  });

  it('in whether an open shard has an ending sequence number', async () => {
    const arn = await createTable('open-shard');
    await put('open-shard', 'a');
    const range = (await streamOf(arn))?.Shards?.[0]?.SequenceNumberRange;
    expect(range?.EndingSequenceNumber !== undefined).toBe(isDynoxide);
  });

  it('in whether a stream tells the keys of its table', async () => {
    const stream = await streamOf(await createTable('key-schema'));
    expect(stream?.KeySchema).toEqual(isDynoxide ? undefined : [{ AttributeName: 'id', KeyType: 'HASH' }]);
  });

  it('in showing its tables to every region that asks', async () => {
    await createTable('everywhere');
    const elsewhere = new DynamoDBClient({ endpoint: engine.url, region: 'us-east-1', credentials });
    const { Table } = await elsewhere.send(new DescribeTableCommand({ TableName: 'everywhere' }));
    elsewhere.destroy();
    expect(Table?.TableName).toBe('everywhere');
  });

  it('in when and in whose name expired items go', async () => {
    const arn = await createTable('expiring');
    const TimeToLiveSpecification = { Enabled: true, AttributeName: 'expires' };
    await dynamodb.send(new UpdateTimeToLiveCommand({ TableName: 'expiring', TimeToLiveSpecification }));
    await put('expiring', 'old', Math.floor(Date.now() / 1000) - 60);
    // The other one has a job for it, which looks at its tables every some seconds.
    if (isDynoxide) expect(await engine.sweepExpiredItems()).toBe(1);
    await vi.waitFor(async () => expect(await rawRecords(arn)).toHaveLength(2), { timeout: 110_000, interval: 500 });
    const { eventName, userIdentity } = (await rawRecords(arn))[1] ?? {};
    const service = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
    expect({ eventName, userIdentity }).toEqual(
      isDynoxide
        ? { eventName: 'REMOVE', userIdentity: service }
        : { eventName: 'UNKNOWN_TO_SDK_VERSION', userIdentity: undefined },
    );
  });
});
