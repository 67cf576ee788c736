import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { expect, it } from 'vitest';
import { tableStream } from './client.ts';

const shard = { streamArn: 'arn:aws:dynamodb:eu-west-1:1:table/t/stream/x', shardId: 'shardId-1' };

/** A shard that is read in pages of two; `grows` writes one record before each call. Iterators are places in it. */
function shardWith(count: number, options: { readonly grows?: boolean; readonly emptyPages?: number } = {}) {
  const records = Array.from({ length: count }, (_, at) => at + 1);
  let empty = options.emptyPages ?? 0;
  const answers: Record<string, (input: Record<string, unknown>) => object> = {
    GetShardIteratorCommand: ({ ShardIteratorType, SequenceNumber }) => {
      if (ShardIteratorType === 'LATEST') return { ShardIterator: String(records.length) };
      return { ShardIterator: SequenceNumber ?? '0' };
    },
    GetRecordsCommand: ({ ShardIterator }) => {
      const place = Number(ShardIterator);
      if (place < records.length && empty > 0) {
        empty -= 1;
        return { Records: [], NextShardIterator: String(place) };
      }
      const page = records.slice(place, place + 2);
      return {
        Records: page.map((number) => ({ eventName: 'INSERT', dynamodb: { SequenceNumber: String(number) } })),
        NextShardIterator: String(place + page.length),
      };
    },
  };
  const send = async (command: { readonly input: object }) => {
    if (options.grows === true) records.push(records.length + 1);
    return answers[command.constructor.name]?.({ ...command.input }) ?? {};
  };
  const streams = { send } as Pick<DynamoDBStreamsClient, 'send'>;
  const clock = { nowMs: () => 0, sleep: async () => undefined };
  const dynamodb = { send } as Pick<DynamoDBClient, 'send'>;
  return tableStream({ dynamodb, streams, tableName: 't', clock });
}

async function read(stream: ReturnType<typeof shardWith>, after?: string): Promise<number[]> {
  const numbers: number[] = [];
  for await (const page of stream.read(shard, after)) {
    for (const record of page as readonly { dynamodb: { SequenceNumber: string } }[]) {
      numbers.push(Number(record.dynamodb.SequenceNumber));
    }
  }
  return numbers;
}

it('reads a shard that nobody writes from a place to its tip, past pages without records', async () => {
  expect(await read(shardWith(7, { emptyPages: 4 }), '2')).toEqual([3, 4, 5, 6, 7]);
  expect(await read(shardWith(0))).toEqual([]);
});

it('comes to an end in a shard that is written all the time, behind everything that was there', async () => {
  const numbers = await read(shardWith(50, { grows: true }));
  expect(numbers.slice(0, 51)).toEqual(Array.from({ length: 51 }, (_, at) => at + 1));
  expect(numbers.length).toBeLessThan(60);
});
