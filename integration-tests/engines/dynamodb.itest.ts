import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { DeleteItemCommand, DynamoDBClient, PutItemCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { type DynamoDbEngine, findBinary, startDynamoDb } from '../../local/engines/dynamodb.ts';
import { createDynamoDbStreamSource, type StreamRecord } from '../../local/engines/dynamodb-stream-source.ts';
import { createPortAllocator } from '../../local/engines/ports.ts';
import { createStreamedTable } from '../streamed-table.ts';

const region = 'eu-west-1';
const ports = createPortAllocator();
let engine: DynamoDbEngine;
let dynamodb: DynamoDBClient;

beforeAll(async () => {
  engine = await startDynamoDb({ port: await ports.take(0), sweepPort: await ports.take(0) });
  const credentials = { accessKeyId: 'any', secretAccessKey: 'pair' };
  dynamodb = new DynamoDBClient({ endpoint: engine.url, region, credentials });
});

afterAll(() => engine.stop());

const createTable = (TableName: string) => createStreamedTable(dynamodb, { TableName });

async function readStream(streamArn: string): Promise<readonly StreamRecord[]> {
  const source = createDynamoDbStreamSource({ endpoint: engine.url, region });
  const { Shards } = await source.describeStream(streamArn);
  const shardId = Shards[0]?.ShardId ?? '';
  const shardIterator = await source.getShardIterator({ streamArn, shardId, type: 'TRIM_HORIZON' });
  return (await source.getRecords({ streamArn, shardId, shardIterator })).records;
}

test('the stream source gives the records of writes as AWS shapes them', async () => {
  const streamArn = await createTable('writes');
  const n = '12345678901234567890123456789012345678';
  await dynamodb.send(new PutItemCommand({ TableName: 'writes', Item: { id: { S: 'a' }, n: { N: n } } }));
  await dynamodb.send(
    new PutItemCommand({ TableName: 'writes', Item: { id: { S: 'a' }, b: { B: Buffer.from([1, 2, 255]) } } }),
  );
  await dynamodb.send(new DeleteItemCommand({ TableName: 'writes', Key: { id: { S: 'a' } } }));

  const records = await readStream(streamArn);

  expect(records.map(({ eventName }) => eventName)).toEqual(['INSERT', 'MODIFY', 'REMOVE']);
  expect(records[1]?.dynamodb).toMatchObject({
    Keys: { id: { S: 'a' } },
    OldImage: { id: { S: 'a' }, n: { N: n } },
    NewImage: { id: { S: 'a' }, b: { B: 'AQL/' } },
    SizeBytes: 3 + 7 + 24,
    StreamViewType: 'NEW_AND_OLD_IMAGES',
  });
  expect(records.map(({ awsRegion }) => awsRegion)).toEqual([region, region, region]);
  expect(records.every((record) => record.userIdentity === undefined)).toBe(true);
});

test('event ids differ between tables and stay the same when a record is read again', async () => {
  const arns = [await createTable('first-table'), await createTable('second-table')];
  for (const TableName of ['first-table', 'second-table']) {
    await dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: 'same' } } }));
  }

  const ids = async () => (await Promise.all(arns.map(readStream))).flat().map(({ eventID }) => eventID);

  const once = await ids();
  expect(new Set(once).size).toBe(2);
  expect(once[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(await ids()).toEqual(once);
});

test('a sweep removes expired items in the name of the service and leaves the others', async () => {
  const streamArn = await createTable('expiring');
  const TimeToLiveSpecification = { Enabled: true, AttributeName: 'expiresAt' };
  await dynamodb.send(new UpdateTimeToLiveCommand({ TableName: 'expiring', TimeToLiveSpecification }));
  const secondsFromNow = (seconds: number) => ({ N: String(Math.floor(Date.now() / 1000) + seconds) });
  const put = (id: string, seconds: number) =>
    dynamodb.send(
      new PutItemCommand({ TableName: 'expiring', Item: { id: { S: id }, expiresAt: secondsFromNow(seconds) } }),
    );
  await put('old', -60);
  await put('young', 3600);

  expect(await engine.sweepExpiredItems()).toBe(1);

  const removal = (await readStream(streamArn)).at(-1);
  expect(removal).toMatchObject({
    eventName: 'REMOVE',
    dynamodb: { Keys: { id: { S: 'old' } } },
    userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
  });
});

test('a refused stream request carries the error code of AWS', async () => {
  const source = createDynamoDbStreamSource({ endpoint: engine.url, region });
  const unknown = 'arn:aws:dynamodb:eu-west-1:000000000000:table/none/stream/1';

  await expect(source.describeStream(unknown)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('a stopped engine answers no more and can be stopped again', async () => {
  const other = await startDynamoDb({ port: await ports.take(0), sweepPort: await ports.take(0) });
  expect((await fetch(other.url)).ok).toBe(true);

  await other.stop();
  await other.stop();

  await expect(fetch(other.url)).rejects.toThrow();
});

test('a start on a taken port fails with what the engine said', async () => {
  const port = Number(new URL(engine.url).port);

  const started = startDynamoDb({ port, sweepPort: await ports.take(0) });

  await expect(started).rejects.toThrow(/dynoxide ended with status \d+ before it answered\. Its last output:/);
});

test('the engine ends when its parent is killed without a chance to clean up', async () => {
  const [port, sweepPort] = [await ports.take(0), await ports.take(0)];
  const module = new URL('../../local/engines/dynamodb.ts', import.meta.url).href;
  const program = `const { startDynamoDb } = await import('${module}');
    await startDynamoDb({ port: ${port}, sweepPort: ${sweepPort} });
    process.stdout.write('up');`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void parent.kill('SIGKILL'));
  await once(parent.stdout, 'data');
  expect((await fetch(`http://127.0.0.1:${port}`)).ok).toBe(true);

  parent.kill('SIGKILL');

  await vi.waitFor(() => expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow(), { timeout: 60_000 });
});

test('a platform without a build is told what to do', () => {
  expect(() => findBinary('win32-x64')).toThrow('WSL');
  const other = process.platform === 'linux' ? 'darwin-arm64' : 'linux-arm64';
  expect(() => findBinary(other)).toThrow(new RegExp(`npm install --no-save @dynoxide/${other}@\\d`));
});
