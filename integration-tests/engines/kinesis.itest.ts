import { networkInterfaces } from 'node:os';
import {
  CreateStreamCommand,
  type KinesisClient,
  ListShardsCommand,
  PutRecordsCommand,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../local/engines/engine.ts';
import { startKinesis } from '../../local/engines/kinesis.ts';
import { createLocalKinesisClient } from '../../local/engines/kinesis-client.ts';
import { createPortAllocator } from '../../local/engines/ports.ts';
import { kinesisTexts } from '../kinesis-texts.ts';

let engine: Engine;
let kinesis: KinesisClient;

beforeAll(async () => {
  engine = await startKinesis({ port: await createPortAllocator().take(0) });
  kinesis = createLocalKinesisClient({ endpoint: engine.url, region: 'eu-west-1' });
});

afterAll(() => engine.stop());

async function createStream(StreamName: string, ShardCount: number): Promise<void> {
  await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount }));
  await waitUntilStreamExists({ client: kinesis, maxWaitTime: 5, minDelay: 1 }, { StreamName });
}

const readAll = (StreamName: string) => kinesisTexts(kinesis, StreamName);

test('records come back in the order they were put', async () => {
  await createStream('ordered', 1);
  const texts = ['one', 'two', 'three'];
  const Records = texts.map((text) => ({ PartitionKey: 'item', Data: Buffer.from(text) }));

  await kinesis.send(new PutRecordsCommand({ StreamName: 'ordered', Records }));

  expect(await readAll('ordered')).toEqual(texts);
});

test('regions keep streams of their own', async () => {
  await createStream('regional', 1);
  const elsewhere = createLocalKinesisClient({ endpoint: engine.url, region: 'us-east-1' });

  const listed = elsewhere.send(new ListShardsCommand({ StreamName: 'regional' }));

  await expect(listed).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('the engine listens on loopback only', async () => {
  const addresses = Object.values(networkInterfaces()).flatMap((one) => one ?? []);
  const { port } = new URL(engine.url);

  for (const { address } of addresses.filter(({ family, internal }) => family === 'IPv4' && !internal)) {
    await expect(fetch(`http://${address}:${port}/healthcheck`), address).rejects.toThrow();
  }
});

test('a stopped engine answers no more and can be stopped again', async () => {
  const other = await startKinesis({ port: await createPortAllocator().take(0) });
  expect((await fetch(`${other.url}/healthcheck`)).ok).toBe(true);

  await other.stop();
  await other.stop();

  await expect(fetch(other.url)).rejects.toThrow();
});
