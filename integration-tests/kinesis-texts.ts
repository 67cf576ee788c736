import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis';

/** What all records of a stream hold, shard by shard, from the oldest on; nobody may be writing. */
export async function kinesisTexts(kinesis: KinesisClient, StreamName: string): Promise<string[]> {
  const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName }));
  const texts: string[] = [];
  for (const { ShardId } of Shards) {
    const at = { StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' as const };
    let { ShardIterator } = await kinesis.send(new GetShardIteratorCommand(at));
    for (;;) {
      const page = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
      if (page.Records?.length === 0) break;
      texts.push(...(page.Records ?? []).map(({ Data }) => Buffer.from(Data ?? []).toString()));
      ShardIterator = page.NextShardIterator;
    }
  }
  return texts;
}
