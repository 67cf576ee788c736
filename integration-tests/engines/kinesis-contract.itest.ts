/** What readers and writers of a Kinesis stream rely on, on the embedded engine and on one that others wrote. */
import {
  CreateStreamCommand,
  DescribeStreamCommand,
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
  type KinesisClient,
  ListShardsCommand,
  MergeShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  SplitShardCommand,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../local/engines/engine.ts';
import { startKinesis } from '../../local/engines/kinesis.ts';
import { createLocalKinesisClient } from '../../local/engines/kinesis-client.ts';
import { createPortAllocator } from '../../local/engines/ports.ts';
import { onEmbeddedAndMoto, region } from '../independent-engines.ts';

/** In which moto differs from AWS. */
const differencesOfMoto = [
  // What is put after a split is given to the closed shard too.
  'ends a shard that was split when all of it is read, and puts what follows into its children',
  // It fails with status 500.
  'refuses what is no iterator',
];
const halfOfHashKeys = String(1n << 127n);
const startEmbedded = async () => startKinesis({ port: await createPortAllocator().take(0) });

const backings: { readonly name: string; readonly start: () => Promise<Engine> }[] = [];
await onEmbeddedAndMoto({ name: 'Kinesis', startEmbedded }, (backing) => backings.push(backing));

describe.each(backings)('contract of Kinesis, $name', ({ name, start }) => {
  const hold = (fact: string, test: () => Promise<void>) =>
    name === 'moto' && differencesOfMoto.includes(fact) ? it.fails(fact, test) : it(fact, test);
  let engine: Engine;
  let kinesis: KinesisClient;

  beforeAll(async () => {
    engine = await start();
    kinesis = createLocalKinesisClient({ endpoint: engine.url, region });
  });

  afterAll(async () => {
    kinesis?.destroy();
    await engine?.stop();
  });

  async function createStream(StreamName: string, ShardCount = 1): Promise<string[]> {
    await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount }));
    await waitUntilStreamExists({ client: kinesis, maxWaitTime: 60, minDelay: 1 }, { StreamName });
    return shardIds(StreamName);
  }

  async function shardIds(StreamName: string): Promise<string[]> {
    const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName }));
    return Shards.map(({ ShardId = '' }) => ShardId);
  }

  async function put(StreamName: string, ...texts: string[]): Promise<string[]> {
    const Records = texts.map((text) => ({ PartitionKey: 'item', Data: Buffer.from(text) }));
    const reply = await kinesis.send(new PutRecordsCommand({ StreamName, Records }));
    return (reply.Records ?? []).map(({ SequenceNumber = '' }) => SequenceNumber);
  }

  async function iterator(input: GetShardIteratorCommandInput): Promise<string> {
    const { ShardIterator = '' } = await kinesis.send(new GetShardIteratorCommand(input));
    return ShardIterator;
  }

  /** Until a page is empty or the shard ends. */
  async function readAll(from: string, Limit?: number): Promise<{ texts: string[]; ended: boolean }> {
    const texts: string[] = [];
    let ShardIterator: string | undefined | null = from;
    while (ShardIterator) {
      const page: GetRecordsCommandOutput = await kinesis.send(
        new GetRecordsCommand({ ShardIterator, ...(Limit === undefined ? {} : { Limit }) }),
      );
      texts.push(...(page.Records ?? []).map(({ Data }) => Buffer.from(Data ?? []).toString()));
      ShardIterator = page.NextShardIterator;
      if (page.Records?.length === 0) break;
    }
    return { texts, ended: !ShardIterator };
  }

  it('gives records back in the order in which they were put, in pages', async () => {
    const [ShardId = ''] = await createStream('ordered');
    await put('ordered', 'one', 'two');
    await put('ordered', 'three', 'four', 'five');
    const start = await iterator({ StreamName: 'ordered', ShardId, ShardIteratorType: 'TRIM_HORIZON' });
    expect((await readAll(start, 2)).texts).toEqual(['one', 'two', 'three', 'four', 'five']);
    const page = await kinesis.send(new GetRecordsCommand({ ShardIterator: start, Limit: 2 }));
    expect(page.Records?.map(({ Data }) => Buffer.from(Data ?? []).toString())).toEqual(['one', 'two']);
  });

  it('starts at and after a sequence number', async () => {
    const [ShardId = ''] = await createStream('numbered');
    const [, second = ''] = await put('numbered', 'one', 'two', 'three');
    const from = (ShardIteratorType: 'AT_SEQUENCE_NUMBER' | 'AFTER_SEQUENCE_NUMBER') =>
      iterator({ StreamName: 'numbered', ShardId, ShardIteratorType, StartingSequenceNumber: second });
    expect((await readAll(await from('AT_SEQUENCE_NUMBER'))).texts).toEqual(['two', 'three']);
    expect((await readAll(await from('AFTER_SEQUENCE_NUMBER'))).texts).toEqual(['three']);
  });

  it('starts after all that is there with LATEST', async () => {
    const [ShardId = ''] = await createStream('latest');
    await put('latest', 'before');
    const start = await iterator({ StreamName: 'latest', ShardId, ShardIteratorType: 'LATEST' });
    await put('latest', 'after');
    expect((await readAll(start)).texts).toEqual(['after']);
  });

  it('starts at the first record that arrived at a time or after it', async () => {
    const [ShardId = ''] = await createStream('timed');
    await put('timed', 'one');
    const start = await iterator({ StreamName: 'timed', ShardId, ShardIteratorType: 'TRIM_HORIZON' });
    const { Records } = await kinesis.send(new GetRecordsCommand({ ShardIterator: start }));
    const Timestamp = Records?.[0]?.ApproximateArrivalTimestamp ?? new Date(0);
    await expect.poll(() => Date.now()).toBeGreaterThan(Timestamp.getTime() + 1_000);
    await put('timed', 'two');
    const at = (time: Date) =>
      iterator({ StreamName: 'timed', ShardId, ShardIteratorType: 'AT_TIMESTAMP', Timestamp: time });
    expect((await readAll(await at(Timestamp))).texts).toEqual(['one', 'two']);
    expect((await readAll(await at(new Date(Timestamp.getTime() + 900)))).texts).toEqual(['two']);
  });

  it('gives a record to the shard that has the hash of its partition key', async () => {
    const [first, second] = await createStream('hashed', 2);
    const sent = async (PartitionKey: string) =>
      (await kinesis.send(new PutRecordCommand({ StreamName: 'hashed', PartitionKey, Data: Buffer.from('x') })))
        .ShardId;
    // The MD5 of "a" begins with 0c, that of "b" with 92.
    expect([await sent('a'), await sent('b')]).toEqual([first, second]);
  });

  hold('ends a shard that was split when all of it is read, and puts what follows into its children', async () => {
    const [parent = ''] = await createStream('split');
    await put('split', 'before');
    const split = { StreamName: 'split', ShardToSplit: parent, NewStartingHashKey: halfOfHashKeys };
    await kinesis.send(new SplitShardCommand(split));
    await waitUntilStreamExists({ client: kinesis, maxWaitTime: 60, minDelay: 1 }, { StreamName: 'split' });
    await put('split', 'after');
    const children = (await shardIds('split')).filter((id) => id !== parent);
    const read = async (ShardId: string) =>
      readAll(await iterator({ StreamName: 'split', ShardId, ShardIteratorType: 'TRIM_HORIZON' }));
    expect(children).toHaveLength(2);
    expect((await read(parent)).texts).toEqual(['before']);
    expect([...(await read(children[0] ?? '')).texts, ...(await read(children[1] ?? '')).texts]).toEqual(['after']);
    const { StreamDescription } = await kinesis.send(new DescribeStreamCommand({ StreamName: 'split' }));
    const [closed, ...open] = StreamDescription?.Shards ?? [];
    expect(closed?.SequenceNumberRange?.EndingSequenceNumber).toBeDefined();
    expect(open.map(({ ParentShardId }) => ParentShardId)).toEqual([parent, parent]);
  });

  it('makes one shard of two that were merged', async () => {
    const [one = '', other = ''] = await createStream('merged', 2);
    const merge = { StreamName: 'merged', ShardToMerge: one, AdjacentShardToMerge: other };
    await kinesis.send(new MergeShardsCommand(merge));
    await waitUntilStreamExists({ client: kinesis, maxWaitTime: 60, minDelay: 1 }, { StreamName: 'merged' });
    const { StreamDescription } = await kinesis.send(new DescribeStreamCommand({ StreamName: 'merged' }));
    const child = StreamDescription?.Shards?.at(-1);
    expect([child?.ParentShardId, child?.AdjacentParentShardId].sort()).toEqual([one, other]);
  });

  it('refuses what is no stream', async () => {
    const listed = kinesis.send(new ListShardsCommand({ StreamName: 'none' }));
    await expect(listed).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  hold('refuses what is no iterator', async () => {
    const read = kinesis.send(new GetRecordsCommand({ ShardIterator: 'none' }));
    await expect(read).rejects.toMatchObject({ name: 'InvalidArgumentException' });
  });

  it('refuses a second stream of the same name', async () => {
    await createStream('once');
    const again = kinesis.send(new CreateStreamCommand({ StreamName: 'once', ShardCount: 1 }));
    await expect(again).rejects.toMatchObject({ name: 'ResourceInUseException' });
  });

  it('refuses more than 500 records in one call, and takes none of them', async () => {
    const [ShardId = ''] = await createStream('limited');
    const texts = Array.from({ length: 501 }, (_, at) => String(at));
    await expect(put('limited', ...texts)).rejects.toMatchObject({ name: 'ValidationException' });
    const start = await iterator({ StreamName: 'limited', ShardId, ShardIteratorType: 'TRIM_HORIZON' });
    expect((await readAll(start)).texts).toEqual([]);
  });
});
