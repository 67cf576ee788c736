import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateStreamCommand, type KinesisClient, ListShardsCommand, PutRecordCommand } from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Engine } from '../../local/engines/engine.ts';
import { startKinesis } from '../../local/engines/kinesis.ts';
import { createLocalKinesisClient } from '../../local/engines/kinesis-client.ts';
import { createPortAllocator } from '../../local/engines/ports.ts';
import { kinesisTexts } from '../kinesis-texts.ts';
import { expectLoopbackOnly } from '../loopback.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await startKinesis({ port: await createPortAllocator().take(0) });
});

afterAll(() => engine?.stop());

async function on<Result>({ url }: Engine, use: (client: KinesisClient) => Promise<Result>): Promise<Result> {
  const client = createLocalKinesisClient({ endpoint: url, region: 'eu-west-1' });
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}

async function createStream(StreamName: string, where: Engine): Promise<void> {
  await on(where, (client) => client.send(new CreateStreamCommand({ StreamName, ShardCount: 1 })));
}

async function put(StreamName: string, text: string, where: Engine): Promise<bigint> {
  const record = { StreamName, PartitionKey: 'item', Data: Buffer.from(text) };
  const { SequenceNumber = '' } = await on(where, (client) => client.send(new PutRecordCommand(record)));
  return BigInt(SequenceNumber);
}

function readAll(StreamName: string, where: Engine): Promise<string[]> {
  return on(where, (client) => kinesisTexts(client, StreamName));
}

test('regions keep streams of their own', async () => {
  await createStream('regional', engine);
  const elsewhere = createLocalKinesisClient({ endpoint: engine.url, region: 'us-east-1' });

  const listed = elsewhere.send(new ListShardsCommand({ StreamName: 'regional' }));

  await expect(listed).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('the engine listens on loopback only', () => expectLoopbackOnly(engine.url));

test('a stopped engine answers no more and can be stopped again', async () => {
  const other = await startKinesis({ port: await createPortAllocator().take(0) });
  expect((await fetch(other.url)).status).toBe(400);

  await other.stop();
  await other.stop();

  await expect(fetch(other.url)).rejects.toThrow();
});

test('a killed engine gives back all that it had acknowledged, and goes on counting', async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), 'kinesis-test-'));
  onTestFinished(() => rm(dataFolder, { recursive: true }));
  const port = await createPortAllocator().take(0);
  const first = await startKinesis({ port, dataFolder });
  await createStream('kept', first);
  const before = await put('kept', 'one ü', first);
  // It is stopped by SIGKILL.
  await first.stop();

  const second = await startKinesis({ port, dataFolder });
  onTestFinished(() => second.stop());

  expect(await put('kept', 'two', second)).toBeGreaterThan(before);
  expect(await readAll('kept', second)).toEqual(['one ü', 'two']);
});

test('an engine without a folder of its own leaves nothing behind', async () => {
  const left = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('tributary-kinesis-'));
  const before = await left();
  const other = await startKinesis({ port: await createPortAllocator().take(0) });
  const [folder = ''] = (await left()).filter((name) => !before.includes(name));
  expect(folder).not.toBe('');

  await other.stop();

  expect(await left()).not.toContain(folder);
});
